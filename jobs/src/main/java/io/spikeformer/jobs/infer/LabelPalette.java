package io.spikeformer.jobs.infer;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** The look of label maps: their values are the labels in each. */
public enum LabelPalette {
  /** A palette with a colour for each class. */
  CLASSES,
  /** Levels of grey. */
  NONE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The look of a word of the command line.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static LabelPalette of(String label) {
    return Labels.find("palette", values(), LabelPalette::label, label);
  }
}
