package io.spikeformer.model.checkpoint;

import io.spikeformer.common.Text;

/**
 * Where a training stands.
 *
 * @param epoch finished epochs
 * @param round finished rounds of the current epoch
 * @param step optimizer steps taken since the training began
 * @param totals sums over the finished rounds of the current epoch
 */
public record TrainingPosition(int epoch, int round, long step, EpochTotals totals) {
  /** Before the first step. */
  public static final TrainingPosition START = new TrainingPosition(0, 0, 0, EpochTotals.EMPTY);

  /** Validates the ranges. */
  public TrainingPosition {
    if (epoch < 0 || round < 0 || step < 0 || totals == null) {
      throw new IllegalArgumentException(
          Text.format(
              "training position: expected numbers >= 0 and totals, found epoch %s, round %s,"
                  + " step %s, totals %s",
              epoch, round, step, totals));
    }
  }
}
