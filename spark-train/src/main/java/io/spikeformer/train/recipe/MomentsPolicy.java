package io.spikeformer.train.recipe;

import io.spikeformer.common.Labels;

/** The treatment of the workers' optimizer moments when their states are averaged. */
public enum MomentsPolicy {
  /** They are averaged like the parameters, and every worker goes on from the mean. */
  AVERAGE("average"),
  /** Every round begins with moments of zero and a bias correction that counts from there. */
  RESET("reset"),
  /** Every worker keeps its own; they leave the executors only for checkpoints. */
  LOCAL("local");

  private final String label;

  MomentsPolicy(String label) {
    this.label = label;
  }

  /** The name used in recipes. */
  public String label() {
    return label;
  }

  /**
   * Finds a policy by its label.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static MomentsPolicy of(String label) {
    return Labels.find("averaging moments", values(), MomentsPolicy::label, label);
  }
}
