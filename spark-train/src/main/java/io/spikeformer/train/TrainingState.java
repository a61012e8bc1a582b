package io.spikeformer.train;

import io.spikeformer.common.Text;

/**
 * Everything that a training remembers, except moments that the workers keep to themselves.
 *
 * @param step optimizer steps taken, exact
 * @param values parameters and statistics in the model's layout, then each optimizer moment that is
 *     averaged; not copied
 * @param outer momentum of the averaged step in the model's layout, which is not part of what the
 *     workers start from; empty without one; not copied
 * @param rest what integers have left of the averaged steps, in the model's layout; empty unless
 *     they travel as integers; not copied
 */
public record TrainingState(long step, float[] values, float[] outer, float[] rest) {
  /** Validates the step. */
  public TrainingState {
    if (step < 0) {
      throw new IllegalArgumentException(
          Text.format("training state step: expected >= 0, found %s", step));
    }
  }

  /** A state without outer momentum and rest. */
  public TrainingState(long step, float[] values) {
    this(step, values, new float[0], new float[0]);
  }
}
