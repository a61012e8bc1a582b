package io.spikeformer.train;

import io.spikeformer.common.Check;

/**
 * How many steps, rounds and epochs a training has. Its last epoch, and the last round of that, end
 * with its last step.
 *
 * @param steps optimizer steps of the whole training
 * @param stepsPerEpoch those of a whole epoch
 * @param stepsPerRound those of a whole round: the last one of an epoch may have fewer
 */
public record TrainingLength(long steps, int stepsPerEpoch, int stepsPerRound) {
  /** Validates the numbers. */
  public TrainingLength {
    Check.that(
        steps >= 1 && stepsPerEpoch >= 1 && stepsPerRound >= 1,
        "training length: expected steps >= 1, found %s, %s an epoch and %s a round",
        steps,
        stepsPerEpoch,
        stepsPerRound);
  }

  /** Epochs, the last one of which may be cut short. */
  public int epochs() {
    return Math.toIntExact((steps + stepsPerEpoch - 1) / stepsPerEpoch);
  }

  /** Rounds of a whole epoch. */
  public int roundsPerEpoch() {
    return rounds(stepsPerEpoch);
  }

  /** Rounds of the whole training. */
  public long rounds() {
    return roundsBefore(epochs() - 1) + rounds(steps(epochs() - 1));
  }

  /** Rounds of the epochs before one. */
  public long roundsBefore(int epoch) {
    return (long) epoch * roundsPerEpoch();
  }

  /** Optimizer steps of an epoch. */
  public int steps(int epoch) {
    return (int) Math.min(stepsPerEpoch, steps - (long) epoch * stepsPerEpoch);
  }

  /** Rounds of an epoch. */
  public int roundsOf(int epoch) {
    return rounds(steps(epoch));
  }

  /** Optimizer steps of a round of an epoch, both counted from 0. */
  public int steps(int epoch, int round) {
    return Math.min(stepsPerRound, steps(epoch) - round * stepsPerRound);
  }

  private int rounds(int ofSteps) {
    return (ofSteps + stepsPerRound - 1) / stepsPerRound;
  }
}
