package io.spikeformer.data.augment;

import io.spikeformer.data.image.RgbImage;

/**
 * Operations that map each grey level of a channel to another one, as Pillow's ImageOps does them.
 */
final class GreyLevels {
  private static final int LEVELS = 256;
  private static final int HIGHEST = LEVELS - 1;

  private GreyLevels() {}

  /** Stretches each channel so that its darkest level becomes 0 and its brightest 255. */
  static RgbImage autoContrast(RgbImage image) {
    int[][] histograms = histograms(image);
    byte[][] tables = new byte[RgbImage.CHANNELS][];
    for (int channel = 0; channel < tables.length; channel++) {
      tables[channel] = stretch(histograms[channel]);
    }
    return map(image, tables);
  }

  private static byte[] stretch(int[] histogram) {
    int low = 0;
    while (histogram[low] == 0) {
      low++;
    }
    int high = HIGHEST;
    while (histogram[high] == 0) {
      high--;
    }
    if (high == low) {
      return identity();
    }
    double scale = (double) HIGHEST / (high - low);
    double offset = -low * scale;
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) Math.max(0, Math.min(HIGHEST, (int) (level * scale + offset)));
    }
    return table;
  }

  /** Maps each channel's levels so that all of them become about equally frequent. */
  static RgbImage equalize(RgbImage image) {
    int[][] histograms = histograms(image);
    byte[][] tables = new byte[RgbImage.CHANNELS][];
    for (int channel = 0; channel < tables.length; channel++) {
      tables[channel] = equalizing(histograms[channel]);
    }
    return map(image, tables);
  }

  private static byte[] equalizing(int[] histogram) {
    int pixels = 0;
    int last = 0;
    for (int count : histogram) {
      pixels += count;
      last = count > 0 ? count : last;
    }
    int step = (pixels - last) / HIGHEST;
    if (step == 0) {
      return identity();
    }
    byte[] table = new byte[LEVELS];
    int sum = step / 2;
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) Math.min(HIGHEST, sum / step);
      sum += histogram[level];
    }
    return table;
  }

  /** The negative. */
  static RgbImage invert(RgbImage image) {
    return solarize(image, 0);
  }

  /**
   * Keeps the highest bits of each level.
   *
   * @param bits 0 to 8
   */
  static RgbImage posterize(RgbImage image, int bits) {
    int mask = -(1 << (8 - bits));
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) (level & mask);
    }
    return map(image, table);
  }

  /**
   * The negative of the levels from a threshold on.
   *
   * @param threshold 0 to 256
   */
  static RgbImage solarize(RgbImage image, int threshold) {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) (level < threshold ? level : HIGHEST - level);
    }
    return map(image, table);
  }

  /**
   * Brightens the levels below 128.
   *
   * @param added to each, &gt;= 0; the sum is cut at 255
   */
  static RgbImage solarizeAdd(RgbImage image, int added) {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) (level < LEVELS / 2 ? Math.min(HIGHEST, level + added) : level);
    }
    return map(image, table);
  }

  private static int[][] histograms(RgbImage image) {
    int[][] counts = new int[RgbImage.CHANNELS][LEVELS];
    byte[] pixels = image.pixels();
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      counts[0][pixels[i] & 0xff]++;
      counts[1][pixels[i + 1] & 0xff]++;
      counts[2][pixels[i + 2] & 0xff]++;
    }
    return counts;
  }

  private static byte[] identity() {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) level;
    }
    return table;
  }

  private static RgbImage map(RgbImage image, byte[]... tables) {
    byte[] pixels = image.pixels();
    byte[] mapped = new byte[pixels.length];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      byte[] table = tables[channel % tables.length];
      for (int i = channel; i < pixels.length; i += RgbImage.CHANNELS) {
        mapped[i] = table[pixels[i] & 0xff];
      }
    }
    return new RgbImage(image.height(), image.width(), mapped);
  }
}
