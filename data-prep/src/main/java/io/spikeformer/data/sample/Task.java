package io.spikeformer.data.sample;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Labels;

/** What a prepared split teaches; decides the columns of its shards. */
public enum Task {
  /** One class an image: {@link ImageSample}. */
  CLASSIFICATION("classification", "image"),
  /** Boxes, classes and masks of the objects in an image: {@link DetectionSample}. */
  DETECTION("detection", "detection"),
  /** A class for every pixel of an image: {@link SegmentationSample}. */
  SEGMENTATION("segmentation", "segmentation"),
  /** One class a recording of an event camera: {@link EventSample}. */
  EVENTS("events", "event");

  private final String id;
  private final String sampleName;

  Task(String id, String sampleName) {
    this.id = id;
    this.sampleName = sampleName;
  }

  /** The name in manifests. */
  @JsonValue
  public String id() {
    return id;
  }

  /** What its samples are called in messages: {@code image samples}. */
  public String sampleName() {
    return sampleName;
  }

  /** The task with a name found in a manifest. */
  @JsonCreator
  public static Task of(String id) {
    return Labels.find("task", values(), Task::id, id);
  }
}
