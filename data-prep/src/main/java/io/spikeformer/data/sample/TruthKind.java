package io.spikeformer.data.sample;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Labels;

/**
 * The kind of truth that the samples of a split have; manifests name it by the task that learns it.
 */
public enum TruthKind {
  /** {@link ClassLabel}. */
  CLASS_LABEL("classification"),
  /** {@link EncodedObjects}. */
  OBJECTS("detection"),
  /** {@link EncodedLabelMap}. */
  LABEL_MAP("segmentation");

  private final String task;

  TruthKind(String task) {
    this.task = task;
  }

  /** The task that learns it, the name in manifests. */
  @JsonValue
  public String task() {
    return task;
  }

  /**
   * Whether it lies on pixels and follows them. These are the pixels as stored; a class is that of
   * the image as shown, its EXIF rotation applied.
   */
  public boolean liesOnPixels() {
    return this != CLASS_LABEL;
  }

  /** The kind with a task found in a manifest. */
  @JsonCreator
  static TruthKind of(String task) {
    return Labels.find("task", values(), TruthKind::task, task);
  }
}
