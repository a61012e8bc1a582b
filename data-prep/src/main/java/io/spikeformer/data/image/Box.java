package io.spikeformer.data.image;

/**
 * A rectangle of whole pixels inside an image.
 *
 * @param top first row
 * @param left first column
 * @param height rows, &gt;= 1
 * @param width columns, &gt;= 1
 */
public record Box(int top, int left, int height, int width) {
  /** Checks the signs; whether it lies inside an image is checked where it is used. */
  public Box {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "box: expected a place >= 0 and a size >= 1, found top %d, left %d, %d x %d"
              .formatted(top, left, height, width));
    }
  }

  /** The box that holds a whole image. */
  public static Box whole(RgbImage image) {
    return new Box(0, 0, image.height(), image.width());
  }

  /** Whether the box lies inside the image. */
  boolean inside(RgbImage image) {
    return (long) top + height <= image.height() && (long) left + width <= image.width();
  }
}
