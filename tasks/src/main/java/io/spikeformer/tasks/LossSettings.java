package io.spikeformer.tasks;

import io.spikeformer.common.Text;

/**
 * The recipe's loss: cross-entropy.
 *
 * @param labelSmoothing in [0, 1)
 */
public record LossSettings(double labelSmoothing) {
  /** Validates the range. */
  public LossSettings {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "loss label-smoothing: expected a number in [0, 1), found %s", labelSmoothing));
    }
  }
}
