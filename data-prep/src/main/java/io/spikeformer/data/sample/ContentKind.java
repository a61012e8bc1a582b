package io.spikeformer.data.sample;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Labels;

/** The kind of content that the samples of a split have. */
public enum ContentKind {
  /** {@link EncodedImage}. */
  IMAGE("image", "images"),
  /** {@link EncodedFrames}. */
  EVENTS("events", "event frames");

  private final String id;
  private final String plural;

  ContentKind(String id, String plural) {
    this.id = id;
    this.plural = plural;
  }

  /** The name in manifests. */
  @JsonValue
  public String id() {
    return id;
  }

  /** As messages call several of them. */
  public String plural() {
    return plural;
  }

  /** The kind with a name found in a manifest. */
  @JsonCreator
  static ContentKind of(String id) {
    return Labels.find("content", values(), ContentKind::id, id);
  }
}
