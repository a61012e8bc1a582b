package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RandAugment (Cubuk et al., arXiv:1909.13719) as timm does it. A number of operations are chosen
 * of fifteen, with replacement. Each is applied with probability 1/2 at a level drawn from
 * N(magnitude, deviation), cut to [0, 10].
 *
 * @param operations chosen for an image, &gt;= 1
 * @param magnitude mean level, 0 to 10
 * @param deviation standard deviation of the level, &gt;= 0; infinite: uniform in [0, magnitude]
 * @param increasing whether every operation changes the image more at higher levels
 */
public record RandAugment(int operations, int magnitude, double deviation, boolean increasing)
    implements Serializable {
  private static final AugmentOperation[] ALL = AugmentOperation.values();
  private static final int USUAL_OPERATIONS = 2;
  private static final double APPLIED = 0.5;

  /** From this deviation on timm draws levels uniformly. */
  private static final double UNIFORM = 100;

  private static final Pattern PART = Pattern.compile("(mstd|m|n|inc)([0-9]+(?:\\.[0-9]+)?)");

  /** Checks the ranges. */
  public RandAugment {
    boolean level = magnitude >= 0 && magnitude <= AugmentOperation.HIGHEST_LEVEL;
    if (operations < 1 || !level || !(deviation >= 0)) {
      throw new IllegalArgumentException(
          Text.format(
              "rand-augment: expected 1 operation or more, a magnitude of 0 to 10 and a deviation"
                  + " >= 0, found %d, %d and %s",
              operations, magnitude, deviation));
    }
  }

  /**
   * Reads timm's notation: {@code rand-m9-mstd0.5-inc1}, where m is the magnitude (10 if absent), n
   * the number of operations (2), mstd the deviation (0; above 100 uniform), inc1 the increasing
   * levels.
   *
   * @throws IllegalArgumentException in one line for anything else
   */
  public static RandAugment of(String text) {
    String[] parts = text.split("-", -1);
    if (!parts[0].equals("rand")) {
      throw unreadable(text);
    }
    int operations = USUAL_OPERATIONS;
    int magnitude = (int) AugmentOperation.HIGHEST_LEVEL;
    double deviation = 0;
    boolean increasing = false;
    for (int i = 1; i < parts.length; i++) {
      Matcher part = PART.matcher(parts[i]);
      boolean known = part.matches() && (part.group(1).equals("mstd") || isWhole(part.group(2)));
      if (!known) {
        throw unreadable(text);
      }
      String value = part.group(2);
      switch (part.group(1)) {
        case "m" -> magnitude = Integer.parseInt(value);
        case "n" -> operations = Integer.parseInt(value);
        case "inc" -> increasing = Integer.parseInt(value) != 0;
        default -> deviation = Double.parseDouble(value);
      }
    }
    double drawn = deviation > UNIFORM ? Double.POSITIVE_INFINITY : deviation;
    return new RandAugment(operations, magnitude, drawn, increasing);
  }

  private static boolean isWhole(String number) {
    return number.length() <= 3 && number.indexOf('.') < 0;
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        Text.format(
            "rand-augment: expected none or rand with the parts -mMAGNITUDE, -nOPERATIONS,"
                + " -mstdDEVIATION and -inc1, as in rand-m9-mstd0.5-inc1, found '%s'",
            text));
  }

  /** In timm's notation. */
  public String text() {
    String spread =
        deviation == 0
            ? ""
            : Text.format("-mstd%s", Double.isInfinite(deviation) ? "101" : "" + deviation);
    return "rand-m" + magnitude + "-n" + operations + spread + (increasing ? "-inc1" : "");
  }

  /**
   * The changed image, of the same size.
   *
   * @param image the image
   * @param interpolation of the geometric operations
   * @param fill 0xRRGGBB of what they bring in from outside
   * @param random of the draws
   */
  public RgbImage apply(
      RgbImage image, InterpolationChoice interpolation, int fill, SeededRandom random) {
    AugmentOperation[] chosen = new AugmentOperation[operations];
    for (int i = 0; i < operations; i++) {
      chosen[i] = ALL[random.nextInt(ALL.length)];
    }
    RgbImage changed = image;
    for (AugmentOperation operation : chosen) {
      if (random.nextDouble() < APPLIED) {
        double argument = operation.argument(level(random), scale(), direction(random));
        AugmentOperation.Sampling sampling =
            new AugmentOperation.Sampling(interpolation.draw(random), fill);
        changed = operation.apply(changed, argument, sampling);
      }
    }
    return changed;
  }

  private double level(SeededRandom random) {
    double level = magnitude;
    if (Double.isInfinite(deviation)) {
      level = random.nextDouble(0, magnitude);
    } else if (deviation > 0) {
      level = magnitude + deviation * random.nextGaussian();
    }
    return Math.max(0, Math.min(AugmentOperation.HIGHEST_LEVEL, level));
  }

  private AugmentOperation.Scale scale() {
    return increasing ? AugmentOperation.Scale.INCREASING : AugmentOperation.Scale.ORIGINAL;
  }

  private static AugmentOperation.Direction direction(SeededRandom random) {
    return random.nextInt(2) == 0
        ? AugmentOperation.Direction.FORWARD
        : AugmentOperation.Direction.BACKWARD;
  }
}
