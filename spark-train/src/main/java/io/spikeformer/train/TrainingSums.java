package io.spikeformer.train;

import java.io.Serializable;

/**
 * What a stretch of training adds up to. Sums of parts, added in the workers' order, are those of
 * the whole.
 *
 * @param samples samples seen
 * @param correct samples whose largest logit was the label's
 * @param lossSum sum over samples of the loss
 * @param optimizer what the optimizer's steps measured
 * @param firing spikes of every neuron layer
 */
public record TrainingSums(
    long samples, long correct, double lossSum, OptimizerSums optimizer, FiringSums firing)
    implements Serializable {
  /** Nothing seen. */
  public static final TrainingSums NONE =
      new TrainingSums(0, 0, 0, OptimizerSums.NONE, FiringSums.NONE);

  /** Both together. */
  public TrainingSums plus(TrainingSums other) {
    return new TrainingSums(
        samples + other.samples,
        correct + other.correct,
        lossSum + other.lossSum,
        optimizer.plus(other.optimizer),
        firing.plus(other.firing));
  }
}
