package io.spikeformer.data.augment;

import io.spikeformer.common.Labels;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;
import java.util.Locale;

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
    return Labels.find("interpolation", values(), InterpolationChoice::word, word);
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The interpolation of this time; only {@link #RANDOM} draws. */
  public Interpolation draw(SeededRandom random) {
    return switch (this) {
      case BILINEAR -> Interpolation.BILINEAR;
      case BICUBIC -> Interpolation.BICUBIC;
      case RANDOM -> random.nextInt(2) == 0 ? Interpolation.BILINEAR : Interpolation.BICUBIC;
    };
  }
}
