package io.spikeformer.data.sample;

import io.spikeformer.common.Text;
import java.util.Objects;

/**
 * A recording of an event camera, its events counted in frames.
 *
 * @param bytes counts [timesteps, 2, height, width] in the compact form of docs/events.md; not
 *     copied, not to be changed
 * @param timesteps number of frames, &gt;= 1
 * @param height rows of a frame, &gt;= 1
 * @param width columns of a frame, &gt;= 1
 */
public record EncodedFrames(byte[] bytes, int timesteps, int height, int width) implements Content {
  /** Checks the ranges. */
  public EncodedFrames {
    Objects.requireNonNull(bytes, "frames");
    if (timesteps < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "event frames: expected sizes >= 1, found %d x %d x %d", timesteps, height, width));
    }
  }

  @Override
  public ContentKind kind() {
    return ContentKind.EVENTS;
  }

  @Override
  public long byteCount() {
    return bytes.length;
  }
}
