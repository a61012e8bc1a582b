package io.spikeformer.train;

import java.io.Serializable;

/**
 * What a stretch of training adds up to.
 *
 * @param samples samples seen
 * @param correct samples whose largest logit was the label's
 * @param lossSum sum over samples of the loss
 */
public record TrainingSums(long samples, long correct, double lossSum) implements Serializable {
  /** Nothing seen. */
  public static final TrainingSums NONE = new TrainingSums(0, 0, 0);

  /** Both together. */
  public TrainingSums plus(TrainingSums other) {
    return new TrainingSums(
        samples + other.samples, correct + other.correct, lossSum + other.lossSum);
  }
}
