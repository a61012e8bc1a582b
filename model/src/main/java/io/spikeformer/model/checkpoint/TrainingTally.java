package io.spikeformer.model.checkpoint;

import java.io.Serializable;

/**
 * The totals of a stretch of training. Tallies of parts, added in one order, are those of the
 * whole.
 *
 * @param samples samples seen
 * @param hits what the task's training figure counts as right, for example samples
 * @param counted among how many
 * @param lossSum sum over samples of the loss
 */
public record TrainingTally(long samples, long hits, long counted, double lossSum)
    implements Serializable {
  /** Nothing seen. */
  public static final TrainingTally NONE = new TrainingTally(0, 0, 0, 0);

  /** Both together. */
  public TrainingTally plus(TrainingTally other) {
    return new TrainingTally(
        samples + other.samples,
        hits + other.hits,
        counted + other.counted,
        lossSum + other.lossSum);
  }

  /** Mean loss per sample; NaN without samples. */
  public double loss() {
    return lossSum / samples;
  }
}
