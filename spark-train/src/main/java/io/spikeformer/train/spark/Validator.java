package io.spikeformer.train.spark;

import io.spikeformer.train.output.EpochMetrics;

/** Evaluates a state on the validation data. */
@FunctionalInterface
interface Validator {
  /**
   * The result for parameters and statistics, or null if there is no validation data.
   *
   * @param state parameters and statistics
   * @param epoch the epoch that has just ended, from 1
   */
  EpochMetrics.Validation validate(float[] state, int epoch);

  /** Most tasks that it can have, each with a replica; 0 if there is no validation data. */
  default int tasks() {
    return 0;
  }
}
