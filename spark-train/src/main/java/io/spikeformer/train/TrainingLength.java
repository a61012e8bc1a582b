package io.spikeformer.train;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;

/**
 * How many steps, rounds and epochs a training has. Its last epoch, and the last round of that, end
 * with its last step. No round goes on beyond the end of an epoch.
 */
public final class TrainingLength {
  private final long steps;
  private final int stepsPerEpoch;

  /** Of each epoch, the first step of each of its rounds, counted in the epoch. */
  private final int[][] begins;

  private final long[] roundsBefore;

  private TrainingLength(long steps, int stepsPerEpoch, int[][] begins) {
    this.steps = steps;
    this.stepsPerEpoch = stepsPerEpoch;
    this.begins = begins;
    this.roundsBefore = new long[begins.length + 1];
    for (int epoch = 0; epoch < begins.length; epoch++) {
      roundsBefore[epoch + 1] = roundsBefore[epoch] + begins[epoch].length;
    }
  }

  /**
   * The length of a training.
   *
   * @param steps optimizer steps of the whole training
   * @param stepsPerEpoch those of a whole epoch
   * @param stepsPerRound those of a round, &gt;= 1, from its first step, which is counted from 0
   *     since the training began: fewer are left at the end of an epoch
   */
  public static TrainingLength of(long steps, int stepsPerEpoch, LongUnaryOperator stepsPerRound) {
    Check.that(
        steps >= 1 && stepsPerEpoch >= 1,
        "training length: expected steps >= 1, found %s, and %s an epoch",
        steps,
        stepsPerEpoch);
    int[][] begins = new int[Math.toIntExact((steps + stepsPerEpoch - 1) / stepsPerEpoch)][];
    for (int epoch = 0; epoch < begins.length; epoch++) {
      long first = (long) epoch * stepsPerEpoch;
      int[] rounds = begins(first, (int) Math.min(stepsPerEpoch, steps - first), stepsPerRound);
      // most epochs fall into the same rounds: they share them
      boolean same = epoch > 0 && Arrays.equals(rounds, begins[epoch - 1]);
      begins[epoch] = same ? begins[epoch - 1] : rounds;
    }
    return new TrainingLength(steps, stepsPerEpoch, begins);
  }

  private static int[] begins(long first, int steps, LongUnaryOperator stepsPerRound) {
    IntStream.Builder begins = IntStream.builder();
    for (long step = 0; step < steps; ) {
      begins.add((int) step);
      long length = stepsPerRound.applyAsLong(first + step);
      Check.that(length >= 1, "training length: expected a step a round, found %s", length);
      step += Math.min(length, steps);
    }
    return begins.build().toArray();
  }

  /** Optimizer steps of the whole training. */
  public long steps() {
    return steps;
  }

  /** Optimizer steps of a whole epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Epochs, the last one of which may be cut short. */
  public int epochs() {
    return begins.length;
  }

  /** Rounds of the whole training. */
  public long rounds() {
    return roundsBefore[begins.length];
  }

  /** Rounds of the epochs before one. */
  public long roundsBefore(int epoch) {
    return roundsBefore[epoch];
  }

  /** Optimizer steps of an epoch. */
  public int steps(int epoch) {
    return (int) Math.min(stepsPerEpoch, steps - (long) epoch * stepsPerEpoch);
  }

  /** Rounds of an epoch. */
  public int roundsOf(int epoch) {
    return begins[epoch].length;
  }

  /** First optimizer step of a round of an epoch; all three are counted from 0. */
  public int begin(int epoch, int round) {
    return begins[epoch][round];
  }

  /** Optimizer steps of a round of an epoch, both counted from 0. */
  public int steps(int epoch, int round) {
    boolean last = round == roundsOf(epoch) - 1;
    return (last ? steps(epoch) : begin(epoch, round + 1)) - begin(epoch, round);
  }

  /** Fewest and most optimizer steps of the rounds of an epoch. */
  public IntSummaryStatistics roundLengths(int epoch) {
    return IntStream.range(0, roundsOf(epoch))
        .map(round -> steps(epoch, round))
        .summaryStatistics();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrainingLength length
        && steps == length.steps
        && stepsPerEpoch == length.stepsPerEpoch
        && Arrays.deepEquals(begins, length.begins);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(begins) + 31 * Long.hashCode(steps) + stepsPerEpoch;
  }

  @Override
  public String toString() {
    return Text.format(
        "%d steps, %d an epoch, in %d rounds, %d of them in the first epoch",
        steps, stepsPerEpoch, rounds(), roundsOf(0));
  }
}
