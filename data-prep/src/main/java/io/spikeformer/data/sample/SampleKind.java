package io.spikeformer.data.sample;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.Objects;

/**
 * The kind of a split's samples; any content can have any truth.
 *
 * @param content what they show
 * @param truth the truth of the samples
 */
@JsonPropertyOrder({"task", "content"})
public record SampleKind(ContentKind content, @JsonProperty("task") TruthKind truth)
    implements Serializable {
  /** Checks that both are there. */
  public SampleKind {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(truth, "task");
  }

  /** As messages say it: classification of images. */
  public String text() {
    return truth.task() + " of " + content.plural();
  }
}
