package io.spikeformer.data.detection;

import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import java.util.List;
import java.util.Objects;

/**
 * An image with its annotated objects, still encoded.
 *
 * @param key unique within its split: the image's file name in the annotations
 * @param image the bytes of a JPEG or PNG file; not copied, not to be changed
 * @param encoding of the bytes
 * @param height rows once decoded, EXIF rotation applied
 * @param width columns once decoded, EXIF rotation applied
 * @param objects in the source's order, none for an image without annotations
 */
public record DetectionSample(
    String key,
    byte[] image,
    ImageEncoding encoding,
    int height,
    int width,
    List<DetectedObject> objects) {
  /** Checks that every mask is of the image's size. */
  public DetectionSample {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(encoding, "encoding");
    objects = List.copyOf(objects);
    for (DetectedObject object : objects) {
      if (object.mask().height() != height || object.mask().width() != width) {
        throw new IllegalArgumentException(
            "sample %s, object %d: expected a mask of %d x %d pixels, found %s"
                .formatted(key, object.id(), height, width, object.mask()));
      }
    }
  }

  /**
   * The sample of an annotated image and its file, which is decoded to prove that it can be.
   *
   * @param image what the annotations say of it
   * @param objects its annotations
   * @param file a whole JPEG or PNG file
   * @param codec that decodes it
   * @throws InvalidImageException if this is no usable image or one of another size
   */
  public static DetectionSample of(
      CocoImage image, List<DetectedObject> objects, byte[] file, ImageCodec codec)
      throws InvalidImageException {
    ImageHeader header = ImageHeader.check(file);
    RgbImage pixels = codec.decode(file);
    if (pixels.height() != image.height() || pixels.width() != image.width()) {
      throw new InvalidImageException(
          "another size than annotated: expected %d x %d pixels (height x width), found %d x %d"
              .formatted(image.height(), image.width(), pixels.height(), pixels.width()));
    }
    return new DetectionSample(
        image.fileName(), file, header.encoding(), image.height(), image.width(), objects);
  }
}
