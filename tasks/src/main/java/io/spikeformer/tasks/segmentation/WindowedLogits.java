package io.spikeformer.tasks.segmentation;

import io.spikeformer.data.image.Box;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An image's logits from those of overlapping windows: each is resized to its window, and where
 * several lie over a pixel it has their mean.
 */
final class WindowedLogits implements LogitMap {
  private final List<Part> parts = new ArrayList<>();
  private final int height;
  private final int width;
  private final int classes;
  private final float[] line;
  private final int[] covering;

  private record Part(Box window, LogitMap logits) {}

  /**
   * The map of an image.
   *
   * @param logits [windows * images, h, w, classes]: all images for each window in turn
   * @param images how many there are
   * @param image which of them
   * @param windows that cover the image
   * @param height of the image, in pixels
   * @param width of the image, in pixels
   */
  WindowedLogits(Tensor logits, int images, int image, List<Box> windows, int height, int width) {
    this.height = height;
    this.width = width;
    this.classes = logits.channels();
    int widest = 0;
    for (int i = 0; i < windows.size(); i++) {
      Box window = windows.get(i);
      LogitMap answer = LogitMap.of(logits, i * images + image);
      parts.add(new Part(window, answer.resized(window.height(), window.width())));
      widest = Math.max(widest, window.width());
    }
    this.line = new float[widest * classes];
    this.covering = new int[width];
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void row(int row, float[] out) {
    Arrays.fill(out, 0, width * classes, 0);
    Arrays.fill(covering, 0);
    for (Part part : parts) {
      Box window = part.window();
      int within = row - window.top();
      if (within >= 0 && within < window.height()) {
        part.logits().row(within, line);
        int from = window.left() * classes;
        for (int i = 0; i < window.width() * classes; i++) {
          out[from + i] += line[i];
        }
        for (int column = 0; column < window.width(); column++) {
          covering[window.left() + column]++;
        }
      }
    }
    for (int column = 0; column < width; column++) {
      int windows = covering[column];
      for (int c = column * classes; windows > 1 && c < (column + 1) * classes; c++) {
        out[c] /= windows;
      }
    }
  }
}
