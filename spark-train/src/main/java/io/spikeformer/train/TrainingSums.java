package io.spikeformer.train;

import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.checkpoint.TrainingTally;
import java.io.Serializable;

/**
 * The totals of a stretch of training. Sums of parts, added in the workers' order, are those of the
 * whole.
 *
 * @param tally samples, loss and what the training figure counts
 * @param optimizer what the optimizer's steps measured
 * @param firing spikes of every neuron layer, summed over the timesteps; left as it is
 */
public record TrainingSums(TrainingTally tally, OptimizerSums optimizer, FiringCounts firing)
    implements Serializable {
  /** Nothing seen. */
  public static final TrainingSums NONE =
      new TrainingSums(TrainingTally.NONE, OptimizerSums.NONE, new FiringCounts(1));

  /** Samples seen. */
  public long samples() {
    return tally.samples();
  }

  /** Both together. */
  public TrainingSums plus(TrainingSums other) {
    return new TrainingSums(
        tally.plus(other.tally), optimizer.plus(other.optimizer), firing.plus(other.firing));
  }
}
