package io.spikeformer.train.recipe;

import io.spikeformer.common.Labels;

/** The treatment of a trained model's neck and head when a training starts from it. */
public enum InitialHead {
  /**
   * Linear layers that fit are taken; with as many classes, these must be the same in one order.
   */
  TRAINED("trained"),
  /** Both begin with initial values. */
  NEW("new");

  private final String label;

  InitialHead(String label) {
    this.label = label;
  }

  /**
   * Finds one by its name in recipes.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  static InitialHead of(String label) {
    return Labels.find("initialise-head", values(), head -> head.label, label);
  }
}
