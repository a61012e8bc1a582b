package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import java.util.List;
import java.util.Objects;

/**
 * Samples ready for the model.
 *
 * @param pixels normalised: [frames, size, height, width, channels], C-contiguous
 * @param targets the answers that the samples must get, as a task's {@link TargetMaker} made them
 * @param keys of the samples
 * @param size number of samples; the last batch of an order may be smaller than the others
 * @param frames 1 for images; for recordings of events T, one for each timestep
 * @param height in pixels
 * @param width in pixels
 * @param channels 3 for images, 2 for events: OFF and ON
 * @param logits of the teacher that has answered for the split, [size, classes]; empty without one
 */
public record Batch(
    float[] pixels,
    Targets targets,
    List<String> keys,
    int size,
    int frames,
    int height,
    int width,
    int channels,
    float[] logits) {
  private static final float[] NO_LOGITS = {};

  /** Samples without a teacher's logits. */
  public Batch(
      float[] pixels,
      Targets targets,
      List<String> keys,
      int size,
      int frames,
      int height,
      int width,
      int channels) {
    this(pixels, targets, keys, size, frames, height, width, channels, NO_LOGITS);
  }

  /** Checks that the arrays have the stated sizes. */
  public Batch {
    Objects.requireNonNull(targets, "targets");
    keys = List.copyOf(keys);
    if (keys.size() != size || pixels.length != (long) frames * size * height * width * channels) {
      throw new IllegalArgumentException(
          Text.format(
              "batch of %d samples of %d x %d x %d x %d: found %d keys, %d values",
              size, frames, height, width, channels, keys.size(), pixels.length));
    }
  }
}
