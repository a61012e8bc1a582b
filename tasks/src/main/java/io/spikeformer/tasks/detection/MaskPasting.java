package io.spikeformer.tasks.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.model.box.Boxes;

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
   * The probability of each pixel of the image.
   *
   * @param cells [boxes, side, side] probabilities of the masks of boxes
   * @param side cells of a row
   * @param boxes in pixels of the image
   * @param box the one that is wanted
   * @return [height, width], row by row
   */
  public float[] probabilities(float[] cells, int side, Boxes boxes, int box) {
    Axis rows = Axis.of(boxes.top(box), boxes.bottom(box), side, height);
    Axis columns = Axis.of(boxes.left(box), boxes.right(box), side, width);
    float[] pixels = new float[height * width];
    int from = box * side * side;
    for (int i = 0; i < rows.places().length; i++) {
      int row = (int) Math.floor(rows.places()[i]);
      float down = rows.places()[i] - row;
      int to = (rows.start() + i) * width + columns.start();
      for (int j = 0; j < columns.places().length; j++) {
        int column = (int) Math.floor(columns.places()[j]);
        float right = columns.places()[j] - column;
        pixels[to + j] =
            (1 - down)
                    * ((1 - right) * cell(cells, from, side, row, column)
                        + right * cell(cells, from, side, row, column + 1))
                + down
                    * ((1 - right) * cell(cells, from, side, row + 1, column)
                        + right * cell(cells, from, side, row + 1, column + 1));
      }
    }
    return pixels;
  }

  private static float cell(float[] cells, int from, int side, int row, int column) {
    boolean inside = row >= 0 && row < side && column >= 0 && column < side;
    return inside ? cells[from + row * side + column] : 0;
  }

  /** The pixels whose probability is at least a half; parameters as above. */
  public Rle mask(float[] cells, int side, Boxes boxes, int box) {
    float[] probabilities = probabilities(cells, side, boxes, box);
    byte[] pixels = new byte[probabilities.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (probabilities[i] >= THRESHOLD ? 1 : 0);
    }
    return Rle.encode(height, width, pixels);
  }
}
