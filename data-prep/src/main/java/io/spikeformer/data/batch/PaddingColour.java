package io.spikeformer.data.batch;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** What the model sees beside the pixels of an image. */
public enum PaddingColour {
  /** Level 0, which changes of the levels treat like a pixel, then normalised. */
  BLACK,
  /** 0 after the normalisation: the mean colour, whatever becomes of the levels. */
  MEAN,
  /** Level {@value #GREY_LEVEL}, normalised, whatever becomes of the levels: YOLO's. */
  GREY;

  /** The level of {@link #GREY}. */
  static final int GREY_LEVEL = 114;

  /**
   * The choice of a recipe's word.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static PaddingColour of(String word) {
    return Labels.find("padding colour", values(), PaddingColour::word, word);
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
