package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * One row of a shard.
 *
 * @param key unique within its split and the same in every conversion
 * @param content what it shows
 * @param truth its class, objects or label map
 * @param logits of a teacher, one for each class, not to be changed; empty without one
 */
public record Sample(String key, Content content, Truth truth, float[] logits) {
  private static final float[] NO_LOGITS = {};

  /** Checks that everything is there. */
  public Sample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(truth, "truth");
    Objects.requireNonNull(logits, "logits");
  }

  /** A sample that no teacher has answered for. */
  public Sample(String key, Content content, Truth truth) {
    this(key, content, truth, NO_LOGITS);
  }

  /** The same sample with a teacher's logits in place of those that it has. */
  public Sample withLogits(float[] answer) {
    return new Sample(key, content, truth, answer);
  }

  /** Its kind: content and truth. */
  public SampleKind kind() {
    return new SampleKind(content.kind(), truth.kind());
  }

  /** Bytes of what it holds, without the key: what it takes in memory, roughly. */
  public long byteCount() {
    return content.byteCount() + truth.byteCount() + (long) Float.BYTES * logits.length;
  }
}
