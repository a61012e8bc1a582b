package io.spikeformer.model.config;

import io.spikeformer.common.Labels;

/**
 * The values that the backward pass computes again instead of keeping them from the forward pass.
 * Changes memory and time of training; gradients and statistics are the same bits.
 */
public enum Recompute {
  /** Nothing: all that the backward pass needs is kept. */
  NONE("none"),
  /** Each block's forward pass: a block keeps its input and output alone. */
  BLOCK("block");

  private final String label;

  Recompute(String label) {
    this.label = label;
  }

  /** The name used in recipes and on the command line. */
  public String label() {
    return label;
  }

  /**
   * Finds a choice by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static Recompute of(String label) {
    return Labels.find("recompute", values(), Recompute::label, label);
  }
}
