package io.spikeformer.tasks;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.model.box.RegionCounts;
import java.util.Objects;

/**
 * The recipe's loss.
 *
 * @param labelSmoothing of cross-entropy, in [0, 1)
 * @param divisor of the sum over an image's pixels, where each pixel has a loss
 * @param regions of an image that the box head of a Mask R-CNN learns at most, 1 to 512
 * @param yolo weights of the losses of a one-stage detector
 */
public record LossSettings(
    double labelSmoothing, LossDivisor divisor, int regions, YoloWeights yolo) {
  /** Validates the ranges. */
  public LossSettings {
    Objects.requireNonNull(divisor, "loss divisor");
    Objects.requireNonNull(yolo, "loss yolo");
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "loss label-smoothing: expected a number in [0, 1), found %s", labelSmoothing));
    }
    Check.that(
        regions >= 1 && regions <= RegionCounts.TRAINING.boxes(),
        "loss regions: expected 1 to %s, found %s",
        RegionCounts.TRAINING.boxes(),
        regions);
  }

  /** With as many regions as Mask R-CNN has, and YOLOv5's weights. */
  public LossSettings(double labelSmoothing, LossDivisor divisor) {
    this(labelSmoothing, divisor, RegionCounts.TRAINING.boxes(), YoloWeights.PUBLISHED);
  }

  /**
   * Refuses label smoothing, for a task in which it has no meaning.
   *
   * @param task name of the task
   */
  public void requireNoSmoothing(String task) {
    if (labelSmoothing != 0) {
      throw new IllegalArgumentException(
          Text.format(
              "loss label-smoothing: expected 0 for task %s, found %s; set loss.label-smoothing=0",
              task, labelSmoothing));
    }
  }
}
