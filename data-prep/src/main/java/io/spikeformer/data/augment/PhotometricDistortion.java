package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Arrays;

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

  private static final int HIGHEST = HsvLevels.LEVELS - 1;
  private static final int CIRCLE = HsvLevels.CIRCLE;
  private static final byte[] SAME = HsvLevels.levels(1, 0);

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
    byte[] table = HsvLevels.levels(factor, added);
    byte[] changed = image.pixels().clone();
    for (int i = 0; i < changed.length; i++) {
      changed[i] = table[changed[i] & HIGHEST];
    }
    return new RgbImage(image.height(), image.width(), changed);
  }

  /** The saturation of every pixel times a factor. */
  static RgbImage saturated(RgbImage image, double factor) {
    return new HsvLevels(steps(0), HsvLevels.levels(factor, 0), SAME).apply(image);
  }

  /** The hue of every pixel, some steps further. */
  static RgbImage turned(RgbImage image, int steps) {
    return new HsvLevels(steps(steps), SAME, SAME).apply(image);
  }

  private static int[] steps(int further) {
    int[] hues = new int[CIRCLE];
    Arrays.setAll(hues, step -> Math.floorMod(step + further, CIRCLE));
    return hues;
  }
}
