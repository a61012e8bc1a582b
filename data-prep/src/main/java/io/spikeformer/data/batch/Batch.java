package io.spikeformer.data.batch;

import io.spikeformer.data.sample.LabelledSample;
import java.util.List;

/**
 * Samples ready for the model.
 *
 * @param pixels normalised: [frames, size, height, width, channels], C-contiguous
 * @param labels class index of each sample
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
    int[] labels,
    List<String> keys,
    int size,
    int frames,
    int height,
    int width,
    int channels,
    float[] logits) {
  /** Samples without a teacher's logits. */
  public Batch(
      float[] pixels,
      int[] labels,
      List<String> keys,
      int size,
      int frames,
      int height,
      int width,
      int channels) {
    this(pixels, labels, keys, size, frames, height, width, channels, LabelledSample.NO_LOGITS);
  }

  /** Checks that the arrays have the stated sizes. */
  public Batch {
    keys = List.copyOf(keys);
    if (labels.length != size
        || keys.size() != size
        || pixels.length != (long) frames * size * height * width * channels) {
      throw new IllegalArgumentException(
          "batch of %d samples of %d x %d x %d x %d: found %d labels, %d keys, %d values"
              .formatted(
                  size,
                  frames,
                  height,
                  width,
                  channels,
                  labels.length,
                  keys.size(),
                  pixels.length));
    }
  }
}
