package io.spikeformer.tasks;

import io.spikeformer.common.Text;
import java.util.Objects;

/**
 * The recipe's loss: cross-entropy.
 *
 * @param labelSmoothing in [0, 1)
 * @param divisor of the sum over an image's pixels, where each pixel has a loss
 */
public record LossSettings(double labelSmoothing, LossDivisor divisor) {
  /** Validates the range. */
  public LossSettings {
    Objects.requireNonNull(divisor, "loss divisor");
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "loss label-smoothing: expected a number in [0, 1), found %s", labelSmoothing));
    }
  }
}
