package io.spikeformer.data.segmentation;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.GeometryConfig;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.SegmentationSample;

/**
 * Resizes, crops, flips and pads an image with its label map: a pure function of (sample, seed).
 * Thread-safe.
 */
public final class SegmentationTransform {
  private final GeometryConfig config;
  private final ImageCodec codec = new ImageCodec();

  /** A transform of what is drawn. */
  public SegmentationTransform(GeometryConfig config) {
    this.config = config;
  }

  /**
   * Decodes and transforms a sample.
   *
   * @throws UserException if its bytes are damaged or of another size than it says
   */
  public TransformedSegmentation apply(SegmentationSample sample, long seed) {
    try {
      RgbImage image = codec.decodeStored(sample.image().bytes());
      LabelMap labels = LabelMap.decode(sample.labelMap());
      requireSize(sample, "an image", image.height(), image.width());
      requireSize(sample, "a label map", labels.height(), labels.width());
      Geometry geometry = config.draw(image.height(), image.width(), seed);
      return new TransformedSegmentation(
          geometry.apply(image, config.paddingColour()), labels.apply(geometry), geometry);
    } catch (InvalidImageException failure) {
      throw new UserException(
          "sample %s: expected a %s image and a label map, found damage: %s; prepare the data again"
              .formatted(sample.key(), sample.image().encoding().id(), failure.getMessage()),
          failure);
    }
  }

  private static void requireSize(SegmentationSample sample, String what, int height, int width) {
    if (height != sample.image().height() || width != sample.image().width()) {
      throw new UserException(
          "sample %s: expected %s of %d x %d pixels, found %d x %d; prepare the data again"
              .formatted(
                  sample.key(),
                  what,
                  sample.image().height(),
                  sample.image().width(),
                  height,
                  width));
    }
  }
}
