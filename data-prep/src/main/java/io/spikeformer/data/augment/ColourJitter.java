package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/**
 * Random changes of brightness, contrast, saturation and hue in random order, as torchvision's
 * {@code ColorJitter}: each of the first three by a factor uniform in [max(0, 1 - x), 1 + x], the
 * hue by a turn uniform in [-x, x] full circles. 0 leaves a property as it is.
 *
 * @param brightness x of the brightness, &gt;= 0
 * @param contrast x of the contrast, &gt;= 0
 * @param saturation x of the saturation, &gt;= 0
 * @param hue x of the hue, 0 to 0.5
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Serializable {
  /** No change. */
  public static final ColourJitter NONE = new ColourJitter(0, 0, 0, 0);

  /** Checks the ranges. */
  public ColourJitter {
    boolean factors = finite(brightness) && finite(contrast) && finite(saturation);
    if (!factors || !(hue >= 0 && hue <= 0.5)) {
      throw new IllegalArgumentException(
          Text.format(
              "colour jitter: expected brightness, contrast and saturation >= 0 and hue in [0,"
                  + " 0.5], found %s, %s, %s and %s",
              brightness, contrast, saturation, hue));
    }
  }

  private static boolean finite(double value) {
    return value >= 0 && value < Double.POSITIVE_INFINITY;
  }

  /** Whether anything is changed at all. */
  public boolean isOff() {
    return equals(NONE);
  }

  /** The changed image. */
  public RgbImage apply(RgbImage image, SeededRandom random) {
    Integer[] order = {0, 1, 2, 3};
    random.shuffle(order, 0, order.length);
    double brighter = factor(brightness, random);
    double contrasted = factor(contrast, random);
    double saturated = factor(saturation, random);
    double turn = random.nextDouble(-hue, hue);
    RgbImage changed = image;
    for (int property : order) {
      changed =
          switch (property) {
            case 0 -> brightness > 0 ? Enhancement.brightness(changed, brighter) : changed;
            case 1 -> contrast > 0 ? Enhancement.contrast(changed, contrasted) : changed;
            case 2 -> saturation > 0 ? Enhancement.colour(changed, saturated) : changed;
            default -> hue > 0 ? Hue.turn(changed, turn) : changed;
          };
    }
    return changed;
  }

  private static double factor(double range, SeededRandom random) {
    return random.nextDouble(Math.max(0, 1 - range), 1 + range);
  }
}
