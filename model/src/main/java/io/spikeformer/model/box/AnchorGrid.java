package io.spikeformer.model.box;

import io.spikeformer.common.Text;

/**
 * The anchors of one level of a pyramid (Ren et al., 2015): at each cell's upper left corner, boxes
 * of area (8 * stride)^2 and ratios height / width of 0.5, 1 and 2.
 *
 * <p>Computed in float32 in mmdetection's order, since anchors that overlap an object equally are
 * recognised by equal bits.
 *
 * @param height cells of a column, &gt;= 1
 * @param width cells of a row, &gt;= 1
 * @param stride pixels of the image from cell to cell, &gt;= 1
 */
public record AnchorGrid(int height, int width, int stride) {
  /** Anchors of a cell. */
  public static final int PER_CELL = 3;

  private static final float[] RATIOS = {0.5f, 1, 2};
  private static final int SCALE = 8;

  /** Checks the sizes. */
  public AnchorGrid {
    if (height < 1 || width < 1 || stride < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "anchors: expected sizes and a stride >= 1, found %d x %d and %d",
              height, width, stride));
    }
  }

  /** Number of anchors. */
  public int count() {
    return height * width * PER_CELL;
  }

  /** The anchors by rows, columns, ratios; some reach beyond the image. */
  public Boxes anchors() {
    float[] corners = new float[count() * Boxes.CORNERS];
    int at = 0;
    for (int cell = 0; cell < height * width; cell++) {
      float x = cell % width * stride;
      float y = cell / width * stride;
      for (float ratio : RATIOS) {
        float root = (float) Math.sqrt(ratio);
        float boxHeight = stride * SCALE * root;
        float boxWidth = stride * SCALE * (1 / root);
        corners[at++] = x + -0.5f * boxWidth;
        corners[at++] = y + -0.5f * boxHeight;
        corners[at++] = x + 0.5f * boxWidth;
        corners[at++] = y + 0.5f * boxHeight;
      }
    }
    return new Boxes(corners);
  }

  /**
   * For each anchor whether its cell begins inside an image; those in the padding of a batch take
   * no part in training.
   */
  public boolean[] inside(int imageHeight, int imageWidth) {
    boolean[] inside = new boolean[count()];
    for (int i = 0; i < inside.length; i++) {
      int cell = i / PER_CELL;
      inside[i] = cell / width * stride < imageHeight && cell % width * stride < imageWidth;
    }
    return inside;
  }
}
