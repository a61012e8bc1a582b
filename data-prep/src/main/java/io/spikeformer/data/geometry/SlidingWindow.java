package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Box;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Overlapping square windows that cover an image, as MMSegmentation lays them: from the upper left
 * corner in steps, the last one of a row or column moved back inside.
 *
 * @param size side of a window in pixels, &gt;= 1; a smaller side of an image is covered as a whole
 * @param stride pixels from one window to the next, 1 to size
 */
public record SlidingWindow(int size, int stride) implements Serializable {
  /** Checks the ranges. */
  public SlidingWindow {
    Padding.requireSize("window", size, size);
    if (stride < 1 || stride > size) {
      throw new IllegalArgumentException(
          Text.format(
              "window stride: expected 1 to the window's %s pixels, found %s", size, stride));
    }
  }

  /** The windows of an image, row by row. */
  public List<Box> windows(int height, int width) {
    int rows = Math.min(size, height);
    int columns = Math.min(size, width);
    List<Box> windows = new ArrayList<>();
    for (int i = 0; i < steps(height); i++) {
      for (int j = 0; j < steps(width); j++) {
        int top = Math.min(i * stride, height - rows);
        int left = Math.min(j * stride, width - columns);
        windows.add(new Box(top, left, rows, columns));
      }
    }
    return windows;
  }

  private int steps(int side) {
    return Math.max(side - size + stride - 1, 0) / stride + 1;
  }
}
