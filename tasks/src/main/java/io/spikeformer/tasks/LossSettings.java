package io.spikeformer.tasks;

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
          "loss label-smoothing: expected a number in [0, 1), found " + labelSmoothing);
    }
  }
}
