package io.spikeformer.data.augment;

import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;

/** Which interpolation the random-resized crop and the geometric operations use. */
public enum InterpolationChoice {
  /** Always linear. */
  BILINEAR,
  /** Always cubic. */
  BICUBIC,
  /** One of the two, drawn for each use. */
  RANDOM;

  /**
   * The choice of a recipe's word.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static InterpolationChoice of(String word) {
    return switch (word) {
      case "bilinear" -> BILINEAR;
      case "bicubic" -> BICUBIC;
      case "random" -> RANDOM;
      default ->
          throw new IllegalArgumentException(
              "interpolation: expected bicubic, bilinear or random, found '" + word + "'");
    };
  }

  /** What is used this time; only {@link #RANDOM} draws. */
  public Interpolation draw(SeededRandom random) {
    return switch (this) {
      case BILINEAR -> Interpolation.BILINEAR;
      case BICUBIC -> Interpolation.BICUBIC;
      case RANDOM -> random.nextInt(2) == 0 ? Interpolation.BILINEAR : Interpolation.BICUBIC;
    };
  }
}
