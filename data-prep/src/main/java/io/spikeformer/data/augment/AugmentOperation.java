package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;

/**
 * The operations that RandAugment chooses from: timm's, which leave cutting out to random erasing.
 * Each turns a level, 0 to 10, into its argument.
 */
public enum AugmentOperation {
  /** Each channel stretched to the whole range. */
  AUTO_CONTRAST,
  /** Each channel's levels made about equally frequent. */
  EQUALIZE,
  /** The negative. */
  INVERT,
  /** Turned around the centre. */
  ROTATE,
  /** Lower bits dropped. */
  POSTERIZE,
  /** The negative of bright levels. */
  SOLARIZE,
  /** Dark levels brightened. */
  SOLARIZE_ADD,
  /** Saturation. */
  COLOUR,
  /** Contrast. */
  CONTRAST,
  /** Brightness. */
  BRIGHTNESS,
  /** Smoothed or sharpened. */
  SHARPNESS,
  /** Rows moved sideways. */
  SHEAR_X,
  /** Columns moved up or down. */
  SHEAR_Y,
  /** Moved sideways. */
  TRANSLATE_X,
  /** Moved up or down. */
  TRANSLATE_Y;

  /** The level at which an operation is strongest. */
  static final double HIGHEST_LEVEL = 10;

  private static final double MAX_DEGREES = 30;
  private static final double MAX_SHEAR = 0.3;
  private static final double MAX_TRANSLATION = 0.45;
  private static final double MAX_ENHANCEMENT = 0.9;
  private static final double MIN_FACTOR = 0.1;
  private static final int POSTERIZED_BITS = 4;
  private static final int SOLARIZED_LEVELS = 256;
  private static final int MAX_ADDED = 110;

  /** How levels become arguments. */
  public enum Scale {
    /** A higher level changes the image more. */
    INCREASING,
    /** As first published: more bits, higher thresholds and larger factors for higher levels. */
    ORIGINAL
  }

  /** Which way an operation that has two goes. */
  public enum Direction {
    /** Plus the magnitude. */
    FORWARD(1),
    /** Minus the magnitude. */
    BACKWARD(-1);

    private final int sign;

    Direction(int sign) {
      this.sign = sign;
    }
  }

  /**
   * How the geometric operations fill and interpolate.
   *
   * @param interpolation between pixels
   * @param fill 0xRRGGBB of what comes from outside the image
   */
  public record Sampling(Interpolation interpolation, int fill) {}

  /**
   * The argument of {@link #apply}: degrees, bits kept, threshold, added levels, factor, shear, or
   * a share of the side; 0 for operations without one.
   *
   * @param level 0 to 10, or more if the recipe's upper bound allows it
   */
  public double argument(double level, Scale scale, Direction direction) {
    double share = level / HIGHEST_LEVEL;
    return switch (this) {
      case AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
      case ROTATE -> share * MAX_DEGREES * direction.sign;
      case POSTERIZE -> counted(share * POSTERIZED_BITS, POSTERIZED_BITS, scale);
      case SOLARIZE -> counted(share * SOLARIZED_LEVELS, SOLARIZED_LEVELS, scale);
      case SOLARIZE_ADD -> (int) (share * MAX_ADDED);
      case COLOUR, CONTRAST, BRIGHTNESS, SHARPNESS ->
          scale == Scale.INCREASING
              ? Math.max(MIN_FACTOR, 1 + direction.sign * share * MAX_ENHANCEMENT)
              : share * 2 * MAX_ENHANCEMENT + MIN_FACTOR;
      case SHEAR_X, SHEAR_Y -> share * MAX_SHEAR * direction.sign;
      case TRANSLATE_X, TRANSLATE_Y -> share * MAX_TRANSLATION * direction.sign;
    };
  }

  private static int counted(double kept, int most, Scale scale) {
    int whole = (int) kept;
    return Math.max(0, scale == Scale.INCREASING ? most - whole : whole);
  }

  /** The changed image, of the same size. */
  public RgbImage apply(RgbImage image, double argument, Sampling sampling) {
    return switch (this) {
      case AUTO_CONTRAST -> GreyLevels.autoContrast(image);
      case EQUALIZE -> GreyLevels.equalize(image);
      case INVERT -> GreyLevels.invert(image);
      case POSTERIZE -> GreyLevels.posterize(image, (int) Math.min(Byte.SIZE, argument));
      case SOLARIZE -> GreyLevels.solarize(image, (int) argument);
      case SOLARIZE_ADD -> GreyLevels.solarizeAdd(image, (int) argument);
      case COLOUR -> Enhancement.colour(image, argument);
      case CONTRAST -> Enhancement.contrast(image, argument);
      case BRIGHTNESS -> Enhancement.brightness(image, argument);
      case SHARPNESS -> Enhancement.sharpness(image, argument);
      case ROTATE, SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y ->
          affine(image, argument).apply(image, sampling.interpolation(), sampling.fill());
    };
  }

  /** Whether pixels move, so that the sampling counts. */
  public boolean isGeometric() {
    return ordinal() >= SHEAR_X.ordinal() || this == ROTATE;
  }

  private Affine affine(RgbImage image, double argument) {
    return switch (this) {
      case ROTATE -> Affine.rotation(argument, image.height(), image.width());
      case SHEAR_X -> Affine.shearX(argument);
      case SHEAR_Y -> Affine.shearY(argument);
      case TRANSLATE_X -> Affine.translateX(argument * image.width());
      case TRANSLATE_Y -> Affine.translateY(argument * image.height());
      default -> throw new IllegalStateException(Text.format("%s is not geometric", this));
    };
  }
}
