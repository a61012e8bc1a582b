package io.spikeformer.train;

/**
 * What travels between driver and workers: everything that a training remembers.
 *
 * @param step optimizer steps taken, exact
 * @param values parameters and statistics in the model's layout, then each optimizer moment; not
 *     copied
 */
public record TrainingState(long step, float[] values) {
  /** Validates the step. */
  public TrainingState {
    if (step < 0) {
      throw new IllegalArgumentException("training state step: expected >= 0, found " + step);
    }
  }
}
