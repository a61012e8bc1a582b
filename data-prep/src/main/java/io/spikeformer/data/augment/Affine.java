package io.spikeformer.data.augment;

import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;

/**
 * An affine map of an image onto one of the same size, as Pillow's {@code Image.transform(AFFINE)}:
 * the centre (x, y) of a pixel of the result comes from (a x + b y + c, d x + e y + f) of the
 * source. Where that lies outside, the fill colour is taken.
 *
 * @param a column per column
 * @param b column per row
 * @param c columns
 * @param d row per column
 * @param e row per row
 * @param f rows
 */
record Affine(double a, double b, double c, double d, double e, double f) {
  /** Pillow rounds the coefficients of a rotation to 15 decimals. */
  private static final double DECIMALS = 1e15;

  private static final int TAPS = 4;

  /** Moves rows sideways, each by its distance from the top times the factor. */
  static Affine shearX(double factor) {
    return new Affine(1, factor, 0, 0, 1, 0);
  }

  /** Moves columns up or down, each by its distance from the left times the factor. */
  static Affine shearY(double factor) {
    return new Affine(1, 0, 0, factor, 1, 0);
  }

  /** Moves the image by that many columns to the left. */
  static Affine translateX(double columns) {
    return new Affine(1, 0, columns, 0, 1, 0);
  }

  /** Moves the image by that many rows up. */
  static Affine translateY(double rows) {
    return new Affine(1, 0, 0, 0, 1, rows);
  }

  /** Turns around the centre, counterclockwise. */
  static Affine rotation(double degrees, int height, int width) {
    double angle = -Math.toRadians(degrees);
    double cosine = Math.rint(Math.cos(angle) * DECIMALS) / DECIMALS;
    double sine = Math.rint(Math.sin(angle) * DECIMALS) / DECIMALS;
    double x = width / 2.0;
    double y = height / 2.0;
    double columns = cosine * -x + sine * -y + x;
    double rows = -sine * -x + cosine * -y + y;
    return new Affine(cosine, sine, columns, -sine, cosine, rows);
  }

  /**
   * Maps an image.
   *
   * @param image the source
   * @param interpolation between its pixels; bicubic is Keys' with a = -1, as in Pillow here
   * @param fill 0xRRGGBB
   */
  RgbImage apply(RgbImage image, Interpolation interpolation, int fill) {
    int height = image.height();
    int width = image.width();
    byte[] mapped = new byte[image.pixels().length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double column = a * (x + 0.5) + b * (y + 0.5) + c;
        double row = d * (x + 0.5) + e * (y + 0.5) + f;
        if (column < 0 || column >= width || row < 0 || row >= height) {
          mapped[to] = (byte) (fill >> 16);
          mapped[to + 1] = (byte) (fill >> 8);
          mapped[to + 2] = (byte) fill;
        } else if (interpolation == Interpolation.BILINEAR) {
          bilinear(image, row - 0.5, column - 0.5, mapped, to);
        } else {
          bicubic(image, row - 0.5, column - 0.5, mapped, to);
        }
        to += RgbImage.CHANNELS;
      }
    }
    return new RgbImage(height, width, mapped);
  }

  private static void bilinear(RgbImage image, double row, double column, byte[] out, int to) {
    int top = (int) Math.floor(row);
    int left = (int) Math.floor(column);
    double down = row - top;
    double right = column - left;
    byte[] pixels = image.pixels();
    int upper = inside(top, image.height()) * image.width();
    int lower = inside(top + 1, image.height()) * image.width();
    int first = inside(left, image.width());
    int second = inside(left + 1, image.width());
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      double above =
          between(
              level(pixels, upper + first, channel), level(pixels, upper + second, channel), right);
      double below =
          between(
              level(pixels, lower + first, channel), level(pixels, lower + second, channel), right);
      out[to + channel] = (byte) (int) between(above, below, down);
    }
  }

  private static double between(double from, double to, double share) {
    return from + (to - from) * share;
  }

  private static void bicubic(RgbImage image, double row, double column, byte[] out, int to) {
    int top = (int) Math.floor(row);
    int left = (int) Math.floor(column);
    double down = row - top;
    double right = column - left;
    byte[] pixels = image.pixels();
    int width = image.width();
    int c0 = inside(left - 1, width);
    int c1 = inside(left, width);
    int c2 = inside(left + 1, width);
    int c3 = inside(left + 2, width);
    // without a way down, the three other rows have no influence
    int begin = down == 0 ? 1 : 0;
    int end = down == 0 ? 2 : TAPS;
    double v0 = 0;
    double v1 = 0;
    double v2 = 0;
    double v3 = 0;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int tap = begin; tap < end; tap++) {
        int at = inside(top - 1 + tap, image.height()) * width;
        double value =
            cubic(
                level(pixels, at + c0, channel),
                level(pixels, at + c1, channel),
                level(pixels, at + c2, channel),
                level(pixels, at + c3, channel),
                right);
        v0 = tap == 0 ? value : v0;
        v1 = tap == 1 ? value : v1;
        v2 = tap == 2 ? value : v2;
        v3 = tap == 3 ? value : v3;
      }
      double value = down == 0 ? v1 : cubic(v0, v1, v2, v3, down);
      out[to + channel] = (byte) (int) Math.max(0, Math.min(255, value));
    }
  }

  /** In Pillow's order of operations: other orders cut flat areas to the level below. */
  private static double cubic(double v0, double v1, double v2, double v3, double share) {
    double linear = -v0 + v2;
    double square = 2 * (v0 - v1) + v2 - v3;
    double cube = -v0 + v1 - v2 + v3;
    return v1 + share * (linear + share * (square + share * cube));
  }

  private static int level(byte[] pixels, int pixel, int channel) {
    return pixels[pixel * RgbImage.CHANNELS + channel] & 0xff;
  }

  private static int inside(int place, int side) {
    return Math.max(0, Math.min(side - 1, place));
  }
}
