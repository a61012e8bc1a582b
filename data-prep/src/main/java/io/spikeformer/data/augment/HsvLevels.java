package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;

/**
 * Changes of images in HSV of 8 bits, where a full circle has 180 steps, as in OpenCV.
 *
 * @param hues the new step of each, 180 of them
 * @param saturations the new level of each, 256 of them
 * @param values the new level of each, 256 of them
 */
record HsvLevels(int[] hues, byte[] saturations, byte[] values) {
  /** Steps of a full circle. */
  static final int CIRCLE = 180;

  /** Levels of saturation and value. */
  static final int LEVELS = 256;

  private static final int HIGHEST = LEVELS - 1;
  private static final int SECTOR = 30;

  /** Checks the lengths. */
  HsvLevels {
    if (hues.length != CIRCLE || saturations.length != LEVELS || values.length != LEVELS) {
      throw new IllegalArgumentException(
          Text.format(
              "tables: expected 180, 256 and 256 values, found %d, %d and %d",
              hues.length, saturations.length, values.length));
    }
  }

  /** A table of levels times a factor, plus something, cut to 0 to 255 and truncated. */
  static byte[] levels(double factor, double added) {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      float changed = level * (float) factor + (float) added;
      table[level] = (byte) (int) Math.max(0, Math.min(HIGHEST, changed));
    }
    return table;
  }

  /** The changed image. */
  RgbImage apply(RgbImage image) {
    byte[] pixels = image.pixels();
    byte[] changed = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      int red = pixels[i] & HIGHEST;
      int green = pixels[i + 1] & HIGHEST;
      int blue = pixels[i + 2] & HIGHEST;
      int value = Math.max(red, Math.max(green, blue));
      int range = value - Math.min(red, Math.min(green, blue));
      int saturation = range == 0 ? 0 : (int) Math.rint((double) HIGHEST * range / value);
      int hue = range == 0 ? 0 : hue(red, green, blue, range);
      double place = (double) hues[Math.floorMod(hue, CIRCLE)] / SECTOR;
      Hue.write(changed, i, place, saturations[saturation] & HIGHEST, values[value] & HIGHEST);
    }
    return new RgbImage(image.height(), image.width(), changed);
  }

  /** -30 to 150: from red over green and blue, in steps. */
  private static int hue(int red, int green, int blue, int range) {
    int value = Math.max(red, Math.max(green, blue));
    double sectors;
    if (red == value) {
      sectors = (double) (green - blue) / range;
    } else if (green == value) {
      sectors = 2 + (double) (blue - red) / range;
    } else {
      sectors = 4 + (double) (red - green) / range;
    }
    return (int) Math.rint(SECTOR * sectors);
  }
}
