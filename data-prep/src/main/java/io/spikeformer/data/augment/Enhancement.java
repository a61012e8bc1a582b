package io.spikeformer.data.augment;

import io.spikeformer.data.image.RgbImage;
import java.util.Arrays;

/**
 * Blends of an image with a degenerate form of it, as Pillow's ImageEnhance: degenerate + factor
 * (image - degenerate), cut to a whole level in [0, 255]. Factor 1 is the image itself, 0 the
 * degenerate form, more than 1 exaggerates.
 */
final class Enhancement {
  /** Weights of ITU-R 601-2 luma, in units of 2^-16. */
  private static final int RED = 19595;

  private static final int GREEN = 38470;
  private static final int BLUE = 7471;
  private static final int HALF = 1 << 15;

  /** The smoothing window: 1 around, 5 in the centre. */
  private static final int CENTRE_WEIGHT = 5;

  private static final int WINDOW_SUM = 13;

  private Enhancement() {}

  /** Saturation: the degenerate form is the grey image. */
  static RgbImage colour(RgbImage image, double factor) {
    byte[] pixels = image.pixels();
    byte[] grey = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      Arrays.fill(grey, i, i + RgbImage.CHANNELS, (byte) luma(pixels, i));
    }
    return blend(image, grey, factor);
  }

  /** Contrast: the degenerate form is the mean of the grey image everywhere. */
  static RgbImage contrast(RgbImage image, double factor) {
    byte[] pixels = image.pixels();
    long sum = 0;
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      sum += luma(pixels, i);
    }
    byte[] mean = new byte[pixels.length];
    Arrays.fill(mean, (byte) (int) ((double) sum * RgbImage.CHANNELS / pixels.length + 0.5));
    return blend(image, mean, factor);
  }

  /** Brightness: the degenerate form is black. */
  static RgbImage brightness(RgbImage image, double factor) {
    return blend(image, new byte[image.pixels().length], factor);
  }

  /** Sharpness: the degenerate form is smoothed, except for the outermost pixels. */
  static RgbImage sharpness(RgbImage image, double factor) {
    byte[] pixels = image.pixels();
    byte[] smooth = pixels.clone();
    int row = image.width() * RgbImage.CHANNELS;
    for (int y = 1; y < image.height() - 1; y++) {
      int end = (y + 1) * row - RgbImage.CHANNELS;
      for (int i = y * row + RgbImage.CHANNELS; i < end; i++) {
        int sum =
            threeAcross(pixels, i - row)
                + threeAcross(pixels, i)
                + threeAcross(pixels, i + row)
                + (CENTRE_WEIGHT - 1) * (pixels[i] & 0xff);
        smooth[i] = (byte) ((2 * sum + WINDOW_SUM) / (2 * WINDOW_SUM));
      }
    }
    return blend(image, smooth, factor);
  }

  private static int threeAcross(byte[] pixels, int at) {
    return (pixels[at - RgbImage.CHANNELS] & 0xff)
        + (pixels[at] & 0xff)
        + (pixels[at + RgbImage.CHANNELS] & 0xff);
  }

  private static int luma(byte[] pixels, int at) {
    return (RED * (pixels[at] & 0xff)
            + GREEN * (pixels[at + 1] & 0xff)
            + BLUE * (pixels[at + 2] & 0xff)
            + HALF)
        >> 16;
  }

  /** In float, as Pillow: the levels are equal, not only close. */
  private static RgbImage blend(RgbImage image, byte[] degenerate, double factor) {
    float share = (float) factor;
    byte[] pixels = image.pixels();
    byte[] blended = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int from = degenerate[i] & 0xff;
      float level = from + share * ((pixels[i] & 0xff) - from);
      blended[i] = (byte) (int) Math.max(0, Math.min(255, level));
    }
    return new RgbImage(image.height(), image.width(), blended);
  }
}
