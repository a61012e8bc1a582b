package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;

/**
 * When checkpoints are written; one is always written after an epoch.
 *
 * @param everyRounds also after every so many rounds of an epoch; 0 for not within an epoch
 * @param keep newest checkpoints that stay, &gt;= 1; 2 or more let a damaged newest one be replaced
 */
public record CheckpointSettings(int everyRounds, int keep) {
  /** Validates the ranges. */
  public CheckpointSettings {
    if (everyRounds < 0) {
      throw new IllegalArgumentException(
          Text.format("checkpoint every-rounds: expected >= 0, found %s", everyRounds));
    }
    if (keep < 1) {
      throw new IllegalArgumentException(
          Text.format("checkpoint keep: expected >= 1, found %s", keep));
    }
  }
}
