package io.spikeformer.model.chip;

import io.spikeformer.common.Labels;

/** The numbers that the products of a chip compute in. */
public enum ChipArithmetic {
  /** Weights and sums as trained: the order of a sum may change its last bits. */
  FLOAT32("float32"),
  /** Weights of 16 bits and sums of 32 bits: no order changes a sum. */
  EXACT("exact");

  private final String label;

  ChipArithmetic(String label) {
    this.label = label;
  }

  /** Its name on the command line and in reports. */
  public String label() {
    return label;
  }

  /**
   * Finds an arithmetic by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static ChipArithmetic of(String label) {
    return Labels.find("expand", values(), ChipArithmetic::label, label);
  }
}
