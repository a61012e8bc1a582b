package io.spikeformer.train;

/**
 * How the workers are averaged.
 *
 * @param workers replicas that train side by side, each on its share of the data, &gt;= 1
 * @param frequency minibatches that each worker trains in a round before the states are averaged,
 *     &gt;= 1
 */
public record AveragingSettings(int workers, int frequency) {
  /** Validates the ranges. */
  public AveragingSettings {
    if (workers < 1) {
      throw new IllegalArgumentException("averaging workers: expected >= 1, found " + workers);
    }
    if (frequency < 1) {
      throw new IllegalArgumentException("averaging frequency: expected >= 1, found " + frequency);
    }
  }
}
