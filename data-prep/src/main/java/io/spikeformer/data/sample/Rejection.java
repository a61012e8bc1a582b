package io.spikeformer.data.sample;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Objects;

/**
 * An input file that did not become a sample.
 *
 * @param path of the file inside the input
 * @param labels path of the label image that belongs to it; null if there is none
 * @param reason why, in a few words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rejection(String path, String labels, String reason) {
  /** Checks that path and reason are there. */
  public Rejection {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(reason, "reason");
  }

  /** A file without a label image. */
  public Rejection(String path, String reason) {
    this(path, null, reason);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Rejection of(Map<String, String> fields) {
    return new Rejection(fields.get("path"), fields.get("labels"), fields.get("reason"));
  }

  /** The same, told by paths that begin further above. */
  public Rejection below(String prefix) {
    return new Rejection(prefix + path, labels == null ? null : prefix + labels, reason);
  }
}
