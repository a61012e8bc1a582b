package io.spikeformer.data.augment;

import io.spikeformer.common.Check;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/**
 * Factors of hue, saturation and value of a whole image, as YOLOv5 draws them. Each is uniform in
 * [1 - x, 1 + x). Hue is counted in 180 steps from red and goes round; saturation and value are
 * levels of 8 bits, cut to 0 to 255. The new values are truncated to whole numbers.
 *
 * @param hue x of the factor of the hue, 0 to 1; YOLOv5 has 0.015
 * @param saturation x of the factor of the saturation, 0 to 1; YOLOv5 has 0.7
 * @param value x of the factor of the value, 0 to 1; YOLOv5 has 0.4
 */
public record HsvGains(double hue, double saturation, double value) implements Serializable {
  /** No change. */
  public static final HsvGains NONE = new HsvGains(0, 0, 0);

  /** Checks the ranges. */
  public HsvGains {
    Check.that(
        within(hue) && within(saturation) && within(value),
        "hsv gains: expected hue, saturation and value in [0, 1], found %s, %s and %s",
        hue,
        saturation,
        value);
  }

  private static boolean within(double gain) {
    return gain >= 0 && gain <= 1;
  }

  /** Whether anything is changed at all. */
  public boolean isOff() {
    return equals(NONE);
  }

  /** The changed image. */
  public RgbImage apply(RgbImage image, SeededRandom random) {
    double hues = random.nextDouble(1 - hue, 1 + hue);
    double saturations = random.nextDouble(1 - saturation, 1 + saturation);
    double values = random.nextDouble(1 - value, 1 + value);
    return changed(image, hues, saturations, values);
  }

  /** Hue, saturation and value of every pixel times a factor each. */
  static RgbImage changed(RgbImage image, double hues, double saturations, double values) {
    int[] steps = new int[HsvLevels.CIRCLE];
    for (int step = 0; step < steps.length; step++) {
      steps[step] = (int) (step * hues) % HsvLevels.CIRCLE;
    }
    byte[] saturated = HsvLevels.levels(saturations, 0);
    return new HsvLevels(steps, saturated, HsvLevels.levels(values, 0)).apply(image);
  }
}
