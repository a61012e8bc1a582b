package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * A rectangle of whole pixels.
 *
 * @param top first row; below 0 it begins above the image
 * @param left first column; below 0 it begins left of the image
 * @param height rows, &gt;= 1
 * @param width columns, &gt;= 1
 */
public record Box(int top, int left, int height, int width) {
  /** Checks the size; whether it lies inside an image is checked where it is used. */
  public Box {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          Text.format("box: expected a size >= 1, found %d x %d", height, width));
    }
  }

  /** The box that holds a whole image. */
  public static Box whole(RgbImage image) {
    return new Box(0, 0, image.height(), image.width());
  }

  /** Whether the box lies inside an image of this size. */
  public boolean inside(int rows, int columns) {
    return top >= 0 && left >= 0 && (long) top + height <= rows && (long) left + width <= columns;
  }

  /** Whether the box lies inside the image. */
  boolean inside(RgbImage image) {
    return inside(image.height(), image.width());
  }
}
