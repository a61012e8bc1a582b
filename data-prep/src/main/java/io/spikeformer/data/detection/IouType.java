package io.spikeformer.data.detection;

import io.spikeformer.common.Labels;

/** Where a detection and an object are compared: COCO's {@code iouType}. */
public enum IouType {
  /** Their boxes. */
  BOX("bbox", "bbox"),
  /** Their masks. */
  MASK("segm", "segmentation");

  private final String label;
  private final String field;

  IouType(String label, String field) {
    this.label = label;
    this.field = field;
  }

  /** The word in options and results. */
  public String label() {
    return label;
  }

  /** The field of COCO's results and annotations that has it. */
  public String field() {
    return field;
  }

  /** The choice of a word. */
  public static IouType of(String label) {
    return Labels.find("type", values(), IouType::label, label);
  }

  /** Whether an object can be compared. */
  public boolean isIn(DetectedObject object) {
    return this == BOX || object.mask().isPresent();
  }

  /** A detection's area in pixels: width x height of its box, or the pixels of its mask. */
  public double area(Detection detection) {
    return this == BOX
        ? detection.box().orElseThrow().area()
        : detection.mask().orElseThrow().area();
  }

  /**
   * How well a detection fits an object, in [0, 1], as {@link ObjectKind#overlap} defines it.
   *
   * @throws java.util.NoSuchElementException if one of them lacks the box or mask
   */
  public double of(Detection detection, DetectedObject object) {
    if (this == BOX) {
      double both = detection.box().orElseThrow().intersection(object.box()).area();
      return object.kind().overlap(both, area(detection), object.box().area());
    }
    return detection.mask().orElseThrow().iou(object.mask().orElseThrow(), object.kind());
  }
}
