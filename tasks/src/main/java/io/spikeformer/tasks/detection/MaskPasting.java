package io.spikeformer.tasks.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.model.box.Boxes;
import java.util.Arrays;

/**
 * Masks of boxes as masks of an image: at each pixel's centre the bilinear mean of the four
 * neighbouring cells of the box, cells outside it counting 0, as mmdetection does it.
 *
 * <p>A box of no width or height has no pixels.
 *
 * @param height rows of the image, &gt;= 1
 * @param width columns of the image, &gt;= 1
 */
public record MaskPasting(int height, int width) {
  private static final float THRESHOLD = 0.5f;

  /** Checks the sizes. */
  public MaskPasting {
    Check.that(
        height >= 1 && width >= 1,
        "image of masks: expected sizes >= 1, found %s x %s",
        height,
        width);
  }

  /**
   * Where pixels lie among the cells of a box, along one axis.
   *
   * @param start the first pixel that reads a cell
   * @param places cells, from the centre of the first one, of each pixel from there on
   */
  private record Axis(int start, float[] places) {
    static Axis of(float low, float high, int cells, int pixels) {
      float length = high - low;
      if (!(length > 0)) {
        return new Axis(0, new float[0]);
      }
      float margin = length / cells;
      int start = (int) Math.max(0, Math.floor(low - margin));
      int end = (int) Math.max(start, Math.min(pixels, Math.ceil(high + margin)));
      float[] places = new float[end - start];
      for (int i = 0; i < places.length; i++) {
        float share = (start + i + 0.5f - low) / length * 2 - 1;
        places[i] = ((share + 1) * cells - 1) / 2;
      }
      return new Axis(start, places);
    }
  }

  /**
   * The pixels of an image that a box's mask may reach.
   *
   * @param top first row
   * @param left first column
   * @param rows number of rows
   * @param columns number of columns
   * @param probabilities [rows, columns]
   */
  record Patch(int top, int left, int rows, int columns, float[] probabilities) {}

  Patch patch(float[] cells, int side, Boxes boxes, int box) {
    Axis rows = Axis.of(boxes.top(box), boxes.bottom(box), side, height);
    Axis columns = Axis.of(boxes.left(box), boxes.right(box), side, width);
    float[] pixels = new float[rows.places().length * columns.places().length];
    int from = box * side * side;
    int at = 0;
    for (float y : rows.places()) {
      int row = (int) Math.floor(y);
      float down = y - row;
      for (float x : columns.places()) {
        int column = (int) Math.floor(x);
        float right = x - column;
        pixels[at++] =
            (1 - down)
                    * ((1 - right) * cell(cells, from, side, row, column)
                        + right * cell(cells, from, side, row, column + 1))
                + down
                    * ((1 - right) * cell(cells, from, side, row + 1, column)
                        + right * cell(cells, from, side, row + 1, column + 1));
      }
    }
    return new Patch(
        rows.start(), columns.start(), rows.places().length, columns.places().length, pixels);
  }

  private static float cell(float[] cells, int from, int side, int row, int column) {
    boolean inside = row >= 0 && row < side && column >= 0 && column < side;
    return inside ? cells[from + row * side + column] : 0;
  }

  /**
   * The pixels whose probability is at least a half.
   *
   * @param cells [boxes, side, side] probabilities of the masks of boxes
   * @param side cells of a row
   * @param boxes in pixels of the image
   * @param box the one that is wanted
   */
  public Rle mask(float[] cells, int side, Boxes boxes, int box) {
    Patch patch = patch(cells, side, boxes, box);
    Runs runs = new Runs();
    runs.add(false, patch.left() * height);
    for (int column = 0; column < patch.columns(); column++) {
      runs.add(false, patch.top());
      for (int row = 0; row < patch.rows(); row++) {
        runs.add(patch.probabilities()[row * patch.columns() + column] >= THRESHOLD, 1);
      }
      runs.add(false, height - patch.top() - patch.rows());
    }
    runs.add(false, (width - patch.left() - patch.columns()) * height);
    return Rle.ofCounts(height, width, runs.lengths());
  }

  /** Lengths of runs outside and inside a mask in turn, the first outside. */
  private static final class Runs {
    private int[] lengths = new int[64];
    private int last;

    void add(boolean inside, int length) {
      if (length > 0 && inside != (last % 2 == 1)) {
        last++;
        lengths = last == lengths.length ? Arrays.copyOf(lengths, 2 * last) : lengths;
      }
      lengths[last] += length;
    }

    int[] lengths() {
      return Arrays.copyOf(lengths, last + 1);
    }
  }
}
