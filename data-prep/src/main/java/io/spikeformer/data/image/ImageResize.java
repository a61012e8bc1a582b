package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * Antialiased resizing that gives the same grey levels as Pillow's {@code Image.resize}.
 *
 * <p>Two passes, columns first, each a weighted sum of the source pixels under a triangle or a
 * cubic (a = -0.5) whose width grows with the reduction. As in Pillow, the weights are fixed-point
 * numbers with 22 fractional bits and the first pass is rounded to 8 bits, which is what makes the
 * levels equal.
 */
public final class ImageResize {
  private static final ResizePasses PASSES = ResizePasses.fastest();

  private ImageResize() {}

  /**
   * Crops, then resizes: pixels outside the box have no influence.
   *
   * @param image the source
   * @param box the part to resize, inside the image
   * @param height rows of the result, &gt;= 1
   * @param width columns of the result, &gt;= 1
   * @param interpolation of the levels
   */
  public static RgbImage resize(
      RgbImage image, Box box, int height, int width, Interpolation interpolation) {
    if (!box.inside(image)) {
      throw new IllegalArgumentException(
          Text.format(
              "resize: expected a box inside %d x %d, found %s",
              image.height(), image.width(), box));
    }
    ResizeTaps columns = ResizeTaps.of(box.width(), width, interpolation);
    ResizeTaps rows = ResizeTaps.of(box.height(), height, interpolation);
    return resize(image, box, columns, rows, PASSES);
  }

  static RgbImage resize(
      RgbImage image, Box box, ResizeTaps columns, ResizeTaps rows, ResizePasses passes) {
    int width = columns.first().length;
    byte[] narrowed = passes.columns(image, box, columns);
    return new RgbImage(rows.first().length, width, passes.rows(narrowed, width, rows));
  }
}
