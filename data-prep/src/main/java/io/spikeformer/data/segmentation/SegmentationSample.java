package io.spikeformer.data.segmentation;

import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import java.util.Objects;

/**
 * An image with a class for every pixel, both still encoded.
 *
 * @param key unique within its split
 * @param image the bytes of a JPEG or PNG file; not copied, not to be changed
 * @param encoding of the bytes
 * @param height rows once decoded, EXIF rotation applied
 * @param width columns once decoded, EXIF rotation applied
 * @param labels the bytes of a greyscale PNG as {@link LabelMap#encode} writes it; not copied, not
 *     to be changed
 */
public record SegmentationSample(
    String key, byte[] image, ImageEncoding encoding, int height, int width, byte[] labels) {
  /** Checks the ranges. */
  public SegmentationSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(labels, "labels");
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "sample %s: expected a size >= 1, found %d x %d".formatted(key, height, width));
    }
  }

  /**
   * The sample of two files of a raw dataset, both decoded to prove that they can be.
   *
   * @param entry where they lie
   * @param file a whole JPEG or PNG file
   * @param labelFile a whole PNG file
   * @param coding its indices
   * @param codec that decodes the image
   * @throws InvalidImageException with the reason, if one is damaged, their sizes differ or an
   *     index is unknown
   */
  public static SegmentationSample of(
      SegmentationEntry entry, byte[] file, byte[] labelFile, LabelCoding coding, ImageCodec codec)
      throws InvalidImageException {
    ImageHeader header = ImageHeader.check(file);
    RgbImage image = codec.decode(file);
    LabelMap labels;
    try {
      LabelMap indices = LabelMap.decode(labelFile);
      if (indices.height() != image.height() || indices.width() != image.width()) {
        throw new InvalidImageException(
            "expected the image's size, %d x %d pixels (height x width), found %d x %d"
                .formatted(image.height(), image.width(), indices.height(), indices.width()));
      }
      labels = coding.apply(indices);
    } catch (InvalidImageException reason) {
      throw new InvalidImageException(
          "label image %s: %s".formatted(entry.labels(), reason.getMessage()));
    }
    return new SegmentationSample(
        entry.key(), file, header.encoding(), image.height(), image.width(), labels.encode());
  }
}
