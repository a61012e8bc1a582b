package io.spikeformer.tasks;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Labels;
import java.util.Locale;

/** By which number of pixels a sum over an image is divided; samples of classes have no pixels. */
public enum LossDivisor {
  /** All, those without a label too: an image of few labels weighs little. */
  ALL,
  /** Those with a label; an image without any counts 0. */
  VALID;

  /** The word in recipes. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The divisor of a word in a recipe.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  @JsonCreator
  public static LossDivisor of(String word) {
    return Labels.find("loss divisor", values(), LossDivisor::label, word);
  }

  /**
   * The factor of an image's sum.
   *
   * @param all pixels of the image
   * @param valid those with a label
   */
  public double factor(long all, long valid) {
    long pixels = this == ALL ? all : valid;
    return pixels == 0 ? 0 : 1.0 / pixels;
  }
}
