package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/**
 * Photometric distortion as mmsegmentation does it, each step with probability 1/2: brightness,
 * contrast if a coin says so here, saturation, hue, contrast if the coin said so. After each step
 * the levels are cut to 0 to 255 and truncated to whole numbers.
 *
 * <p>Saturation and hue are changed in HSV of 8 bits, where a full circle has 180 steps, as in
 * OpenCV. 0 leaves a property as it is.
 *
 * @param brightness x of the levels that are added, uniform in [-x, x); 0 to 255
 * @param contrast x of the factor of the levels, uniform in [1 - x, 1 + x); 0 to 1
 * @param saturation x of the factor of the saturation, uniform in [1 - x, 1 + x); 0 to 1
 * @param hue x of the steps that are added to the hue, whole numbers in [-x, x); 0 to 90
 */
public record PhotometricDistortion(double brightness, double contrast, double saturation, int hue)
    implements Serializable {
  /** No change. */
  public static final PhotometricDistortion NONE = new PhotometricDistortion(0, 0, 0, 0);

  private static final int LEVELS = 256;
  private static final int HIGHEST = LEVELS - 1;
  private static final int CIRCLE = 180;
  private static final int SECTOR = 30;

  /** Checks the ranges. */
  public PhotometricDistortion {
    boolean levels = within(brightness, HIGHEST);
    boolean factors = within(contrast, 1) && within(saturation, 1);
    if (!levels || !factors || !within(hue, CIRCLE / 2)) {
      throw new IllegalArgumentException(
          Text.format(
              "photometric distortion: expected brightness in [0, 255], contrast and saturation in"
                  + " [0, 1] and hue in [0, 90], found %s, %s, %s and %d",
              brightness, contrast, saturation, hue));
    }
  }

  private static boolean within(double value, double most) {
    return value >= 0 && value <= most;
  }

  /** Whether anything is changed at all. */
  public boolean isOff() {
    return equals(NONE);
  }

  /** The changed image. */
  public RgbImage apply(RgbImage image, SeededRandom random) {
    RgbImage changed = image;
    if (coin(random)) {
      changed = levels(changed, 1, random.nextDouble(-brightness, brightness));
    }
    boolean early = coin(random);
    if (early) {
      changed = contrasted(changed, random);
    }
    if (coin(random)) {
      changed = saturated(changed, factor(saturation, random));
    }
    if (coin(random)) {
      changed = turned(changed, hue == 0 ? 0 : random.nextInt(2 * hue) - hue);
    }
    return early ? changed : contrasted(changed, random);
  }

  private RgbImage contrasted(RgbImage image, SeededRandom random) {
    return coin(random) ? levels(image, factor(contrast, random), 0) : image;
  }

  private static boolean coin(SeededRandom random) {
    return random.nextInt(2) == 1;
  }

  private static double factor(double range, SeededRandom random) {
    return random.nextDouble(1 - range, 1 + range);
  }

  /** Every level times a factor, and something added. */
  static RgbImage levels(RgbImage image, double factor, double added) {
    byte[] table = table(factor, added);
    byte[] changed = image.pixels().clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] = table[changed[i] & HIGHEST];
    }
    return new RgbImage(image.height(), image.width(), changed);
  }

  /** The saturation of every pixel times a factor. */
  static RgbImage saturated(RgbImage image, double factor) {
    return inHsv(image, 0, table(factor, 0));
  }

  /** The hue of every pixel, some steps further. */
  static RgbImage turned(RgbImage image, int steps) {
    return inHsv(image, steps, table(1, 0));
  }

  private static byte[] table(double factor, double added) {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      float changed = level * (float) factor + (float) added;
      table[level] = (byte) (int) Math.max(0, Math.min(HIGHEST, changed));
    }
    return table;
  }

  private static RgbImage inHsv(RgbImage image, int steps, byte[] saturations) {
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
      double place = (double) Math.floorMod(hue + steps, CIRCLE) / SECTOR;
      Hue.write(changed, i, place, saturations[saturation] & HIGHEST, value);
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
