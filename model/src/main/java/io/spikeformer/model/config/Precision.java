package io.spikeformer.model.config;

import io.spikeformer.common.Labels;

/**
 * Number format of the products: convolutions, linear layers and attention. Everything else is
 * float32.
 */
public enum Precision {
  /** Products in float32. */
  FLOAT32("float32"),
  /** Products read bfloat16 and accumulate in float32; spikes (0 and 1) are exact in it. */
  BFLOAT16("bfloat16");

  private final String label;

  Precision(String label) {
    this.label = label;
  }

  /** The name used in recipes and on the command line. */
  public String label() {
    return label;
  }

  /**
   * Finds a precision by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static Precision of(String label) {
    return Labels.find("precision", values(), Precision::label, label);
  }
}
