package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * One labelled recording of an event camera, its events counted in frames.
 *
 * @param key unique within its split: {@code class/file}
 * @param label index of its class, from 0
 * @param frames counts [timesteps, 2, height, width], packed as docs/shard-format.md writes them;
 *     not copied, not to be changed
 * @param timesteps number of frames, &gt;= 1
 * @param height rows of a frame, &gt;= 1
 * @param width columns of a frame, &gt;= 1
 * @param logits of a teacher, one for each class; empty without one
 */
public record EventSample(
    String key, int label, byte[] frames, int timesteps, int height, int width, float[] logits)
    implements LabelledSample {
  /** Checks the ranges. */
  public EventSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(logits, "logits");
    if (label < 0 || timesteps < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "sample %s: expected a label >= 0 and sizes >= 1, found label %d, %d x %d x %d"
              .formatted(key, label, timesteps, height, width));
    }
  }

  /** A recording that no teacher has answered for. */
  public EventSample(String key, int label, byte[] frames, int timesteps, int height, int width) {
    this(key, label, frames, timesteps, height, width, NO_LOGITS);
  }

  @Override
  public EventSample withLogits(float[] answer) {
    return new EventSample(key, label, frames, timesteps, height, width, answer);
  }

  @Override
  public Task task() {
    return Task.EVENTS;
  }

  @Override
  public long bytes() {
    return frames.length + (long) Float.BYTES * logits.length;
  }
}
