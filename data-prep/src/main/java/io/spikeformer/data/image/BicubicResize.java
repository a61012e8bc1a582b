package io.spikeformer.data.image;

/** Resizing as {@link ImageResize} does it, bicubic. */
public final class BicubicResize {
  private BicubicResize() {}

  /** Resizes a whole image. */
  public static RgbImage resize(RgbImage image, int height, int width) {
    return resize(image, Box.whole(image), height, width);
  }

  /**
   * Crops, then resizes: pixels outside the box have no influence.
   *
   * @param image the source
   * @param box the part to resize, inside the image
   * @param height rows of the result, &gt;= 1
   * @param width columns of the result, &gt;= 1
   */
  public static RgbImage resize(RgbImage image, Box box, int height, int width) {
    return ImageResize.resize(image, box, height, width, Interpolation.BICUBIC);
  }

  /** The size with a given short side, the long side cut to whole pixels as torchvision does. */
  public static RgbImage resizeShortSide(RgbImage image, int shortSide) {
    int height = image.height();
    int width = image.width();
    if (Math.min(height, width) == shortSide) {
      return image;
    }
    int longSide = (int) ((long) shortSide * Math.max(height, width) / Math.min(height, width));
    return height <= width
        ? resize(image, shortSide, longSide)
        : resize(image, longSide, shortSide);
  }
}
