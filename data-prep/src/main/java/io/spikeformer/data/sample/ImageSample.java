package io.spikeformer.data.sample;

import io.spikeformer.data.image.ImageEncoding;
import java.util.Objects;

/**
 * One labelled image, still encoded.
 *
 * @param key unique within its split and the same in every conversion: {@code class/file}
 * @param label index of its class, from 0
 * @param image the bytes of a JPEG or PNG file; not copied, not to be changed
 * @param encoding of the bytes
 * @param height rows once decoded, EXIF rotation applied
 * @param width columns once decoded, EXIF rotation applied
 * @param logits of a teacher, one for each class; empty without one
 */
public record ImageSample(
    String key,
    int label,
    byte[] image,
    ImageEncoding encoding,
    int height,
    int width,
    float[] logits)
    implements LabelledSample {
  /** Checks the ranges. */
  public ImageSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(logits, "logits");
    if (label < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "sample %s: expected a label >= 0 and a size >= 1, found label %d, %d x %d"
              .formatted(key, label, height, width));
    }
  }

  /** An image that no teacher has answered for. */
  public ImageSample(
      String key, int label, byte[] image, ImageEncoding encoding, int height, int width) {
    this(key, label, image, encoding, height, width, NO_LOGITS);
  }

  @Override
  public ImageSample withLogits(float[] answer) {
    return new ImageSample(key, label, image, encoding, height, width, answer);
  }

  @Override
  public Task task() {
    return Task.CLASSIFICATION;
  }

  @Override
  public long bytes() {
    return image.length + (long) Float.BYTES * logits.length;
  }
}
