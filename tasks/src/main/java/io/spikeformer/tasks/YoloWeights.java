package io.spikeformer.tasks;

import io.spikeformer.common.Check;

/**
 * The weights of a one-stage detector's losses.
 *
 * <p>YOLOv5 multiplies that of objectness by (side of the image / 640)^2 and that of the classes by
 * classes / 80. Otherwise both hide the boxes in small images of few classes.
 *
 * @param box of the boxes, a finite number &gt;= 0
 * @param objectness of the objectness, a finite number &gt;= 0
 * @param classes of the classes, a finite number &gt;= 0
 */
public record YoloWeights(double box, double objectness, double classes) {
  /** YOLOv5's for images of 640 pixels a side and 80 classes. */
  public static final YoloWeights PUBLISHED = new YoloWeights(0.05, 1, 0.5);

  /** Validates the ranges. */
  public YoloWeights {
    require("box", box);
    require("objectness", objectness);
    require("classes", classes);
  }

  private static void require(String name, double weight) {
    Check.that(
        weight >= 0 && Double.isFinite(weight),
        "loss yolo %s: expected a number >= 0, found %s",
        name,
        weight);
  }
}
