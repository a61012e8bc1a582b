package io.spikeformer.train.recipe;

import io.spikeformer.common.Labels;

/** How states travel from the workers to the mean and back. */
public enum Transport {
  /** As they are. */
  FLOAT32("float32", Float.SIZE),
  /** Workers send differences from the round's start, rounded to bfloat16. */
  BFLOAT16("bfloat16", Short.SIZE),
  /** Differences both ways: of parameters as integers of 8 bits, of all else as bfloat16. */
  INT8("int8", Byte.SIZE),
  /** The same with integers of 4 bits. */
  INT4("int4", Byte.SIZE / 2);

  private final String label;
  private final int bits;

  Transport(String label, int bits) {
    this.label = label;
    this.bits = bits;
  }

  /** The name used in recipes. */
  public String label() {
    return label;
  }

  /** Bits of a parameter on its way to the mean. */
  public int bits() {
    return bits;
  }

  /** Whether parameters travel as integers. */
  public boolean isQuantised() {
    return bits <= Byte.SIZE;
  }

  /**
   * Finds a form by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static Transport of(String label) {
    return Labels.find("averaging transport", values(), Transport::label, label);
  }
}
