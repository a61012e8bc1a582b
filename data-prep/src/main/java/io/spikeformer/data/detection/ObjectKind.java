package io.spikeformer.data.detection;

/** The kind of thing that an annotation outlines; COCO's {@code iscrowd}. */
public enum ObjectKind {
  /** One object: {@code iscrowd} 0. */
  INSTANCE,
  /** A region of objects that were not told apart: {@code iscrowd} 1. */
  CROWD;

  /**
   * How well a detection fits an annotation of this kind, as pycocotools defines it: intersection
   * over union, for a crowd intersection over the detection's own area. 0 without an intersection.
   */
  public double overlap(double intersection, double detectionArea, double truthArea) {
    if (intersection <= 0) {
      return 0;
    }
    double denominator = this == CROWD ? detectionArea : detectionArea + truthArea - intersection;
    return intersection / denominator;
  }
}
