package io.spikeformer.model.optim;

import io.spikeformer.common.Labels;

/** The optimizers, by the names used in recipes. */
public enum OptimizerName {
  /** Layer-wise adaptive moments: AdamW's direction scaled by a trust ratio per tensor. */
  LAMB("lamb", 2),
  /** Adam with decoupled weight decay. */
  ADAMW("adamw", 2),
  /** Stochastic gradient descent, with momentum unless that is 0. */
  SGD("sgd", 1);

  private final String label;
  private final int moments;

  OptimizerName(String label, int moments) {
    this.label = label;
    this.moments = moments;
  }

  /** The name used in recipes and checkpoints. */
  public String label() {
    return label;
  }

  /** Number of state vectors kept beside the parameters, each as long as they are. */
  public int moments() {
    return moments;
  }

  /**
   * Finds an optimizer by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static OptimizerName of(String label) {
    return Labels.find("optimizer name", values(), OptimizerName::label, label);
  }
}
