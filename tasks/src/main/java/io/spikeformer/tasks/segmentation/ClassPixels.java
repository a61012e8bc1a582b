package io.spikeformer.tasks.segmentation;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The result of one class.
 *
 * @param name name of the class
 * @param labelled pixels of the class
 * @param predicted pixels with any label that were taken for the class
 * @param right pixels of the class that were taken for it
 */
public record ClassPixels(String name, long labelled, long predicted, long right) {
  /**
   * Intersection over union: of the pixels that have the class or were taken for it, the share that
   * has both. NaN if there are none; 0 if it was predicted and never labelled.
   */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double iou() {
    return (double) right / (labelled + predicted - right);
  }

  /** Share of its pixels that were taken for it; NaN without pixels. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) right / labelled;
  }
}
