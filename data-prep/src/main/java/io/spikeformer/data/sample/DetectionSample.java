package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * One image with its objects.
 *
 * @param key unique within its split: the image's file name
 * @param image the encoded image
 * @param annotations of its objects, none included, as docs/shard-format.md writes them; not copied
 */
public record DetectionSample(String key, EncodedImage image, byte[] annotations)
    implements Sample {
  /** Checks that everything is there. */
  public DetectionSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(annotations, "annotations");
  }

  @Override
  public Task task() {
    return Task.DETECTION;
  }

  @Override
  public Truth truth() {
    return new EncodedObjects(annotations);
  }

  @Override
  public long bytes() {
    return (long) image.bytes().length + annotations.length;
  }
}
