package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * One image with a class for each of its pixels.
 *
 * @param key unique within its split: the image's name
 * @param image the encoded image
 * @param labelMap the classes, [height, width] of the image, as a PNG of one 8-bit channel: an
 *     index into the manifest's classes, or 255 where a pixel counts for nothing; not copied
 */
public record SegmentationSample(String key, EncodedImage image, byte[] labelMap)
    implements Sample {
  /** The value of pixels that count for nothing. */
  public static final int IGNORED = 255;

  /** Checks that everything is there. */
  public SegmentationSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(labelMap, "labelMap");
  }

  @Override
  public Task task() {
    return Task.SEGMENTATION;
  }

  @Override
  public Truth truth() {
    return new EncodedLabelMap(labelMap);
  }

  @Override
  public long bytes() {
    return (long) image.bytes().length + labelMap.length;
  }
}
