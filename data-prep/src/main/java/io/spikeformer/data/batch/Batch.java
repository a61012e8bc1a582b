package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.RgbImage;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Samples ready for the model.
 *
 * @param pixels normalised: [frames, samples, height, width, channels], C-contiguous
 * @param targets the answers that the samples must get, as a task's {@link TargetMaker} made them
 * @param keys of the samples; the last batch of an order may have fewer than the others
 * @param sizes of the samples' images; each lies at the upper left, below and right of it is
 *     padding
 * @param frames 1 for images; for recordings of events T, one for each timestep
 * @param height in pixels, padding included
 * @param width in pixels, padding included
 * @param channels 3 for images, 2 for events: OFF and ON
 * @param logits of the teacher that has answered for the split, [samples, classes]; empty without
 *     one
 */
public record Batch(
    float[] pixels,
    Targets targets,
    List<String> keys,
    List<Size> sizes,
    int frames,
    int height,
    int width,
    int channels,
    float[] logits) {
  private static final float[] NO_LOGITS = {};

  /** Samples that fill the batch, without a teacher's logits. */
  public Batch(
      float[] pixels,
      Targets targets,
      List<String> keys,
      int size,
      int frames,
      int height,
      int width,
      int channels) {
    this(
        pixels,
        targets,
        keys,
        Collections.nCopies(size, new Size(height, width)),
        frames,
        height,
        width,
        channels,
        NO_LOGITS);
  }

  /** Checks that the arrays have the stated sizes. */
  public Batch {
    Objects.requireNonNull(targets, "targets");
    keys = List.copyOf(keys);
    sizes = List.copyOf(sizes);
    int size = sizes.size();
    if (keys.size() != size || pixels.length != (long) frames * size * height * width * channels) {
      throw new IllegalArgumentException(
          Text.format(
              "batch of %d samples of %d x %d x %d x %d: found %d keys, %d values",
              size, frames, height, width, channels, keys.size(), pixels.length));
    }
    for (Size image : sizes) {
      if (image.height() > height || image.width() > width) {
        throw new IllegalArgumentException(
            Text.format(
                "batch of %d x %d pixels: expected no larger images, found %d x %d",
                height, width, image.height(), image.width()));
      }
    }
  }

  /** Number of samples. */
  public int size() {
    return sizes.size();
  }

  /**
   * A sample's image as the model sees it, without its padding.
   *
   * @param sample which of the batch, of one frame and three channels
   * @param normalisation of its pixels, which is undone
   */
  public RgbImage image(int sample, PixelNormalisation normalisation) {
    RgbImage whole = normalisation.image(pixels, sample * height * width * channels, height, width);
    Size size = sizes.get(sample);
    int length = size.width() * channels;
    byte[] seen = new byte[size.height() * length];
    for (int row = 0; row < size.height(); row++) {
      System.arraycopy(whole.pixels(), row * width * channels, seen, row * length, length);
    }
    return new RgbImage(size.height(), size.width(), seen);
  }
}
