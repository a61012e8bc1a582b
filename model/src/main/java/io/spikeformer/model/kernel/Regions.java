package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * Rectangles in images, and the rows of a result that belong to them.
 *
 * @param corners left, top, right and bottom of each region in turn, in pixels of the image
 * @param images index of the map that each region lies in
 * @param rows row of the result for each region, each row at most once
 */
public record Regions(float[] corners, int[] images, int[] rows) {
  private static final int CORNERS = 4;

  /** Checks that the lengths fit. */
  public Regions {
    if (corners.length != CORNERS * images.length || rows.length != images.length) {
      throw new IllegalArgumentException(
          Text.format(
              "regions: expected 4 corners, an image and a row for each, found %s, %s, %s",
              corners.length, images.length, rows.length));
    }
  }

  /** Number of regions. */
  public int count() {
    return images.length;
  }

  float left(int region) {
    return corners[CORNERS * region];
  }

  float top(int region) {
    return corners[CORNERS * region + 1];
  }

  float right(int region) {
    return corners[CORNERS * region + 2];
  }

  float bottom(int region) {
    return corners[CORNERS * region + 3];
  }
}
