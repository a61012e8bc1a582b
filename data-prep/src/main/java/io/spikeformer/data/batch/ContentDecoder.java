package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Sample;

/** Decodes what samples show. Thread-safe. */
public final class ContentDecoder {
  private final ImageCodec images = new ImageCodec();
  private final EventFrameCodec frames = new EventFrameCodec();

  /**
   * The decoded content.
   *
   * @throws UserException naming the sample, if its bytes are damaged
   */
  public DecodedContent decode(Sample sample) {
    return switch (sample.content().kind()) {
      case IMAGE -> pixels(sample, (EncodedImage) sample.content());
      case EVENTS -> counts(sample, (EncodedFrames) sample.content());
    };
  }

  private DecodedContent pixels(Sample sample, EncodedImage image) {
    try {
      RgbImage pixels = image.decode(images, sample.truth().kind());
      requireSize(sample, pixels);
      return new DecodedContent.Pixels(pixels);
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage,
          "sample %s: expected a %s image, found bytes that %s; prepare the data again",
          sample.key(),
          image.encoding().id(),
          damage.getMessage());
    }
  }

  /** Refuses an image of another size: its boxes and masks would come to lie on other pixels. */
  private static void requireSize(Sample sample, RgbImage found) {
    int height = sample.content().height();
    int width = sample.content().width();
    boolean same = found.height() == height && found.width() == width;
    if (!same && sample.truth().kind().liesOnPixels()) {
      throw new UserException(
          "sample %s: expected %d x %d pixels, found %d x %d; prepare the data again",
          sample.key(), height, width, found.height(), found.width());
    }
  }

  private DecodedContent counts(Sample sample, EncodedFrames encoded) {
    try {
      return new DecodedContent.Counts(frames.decode(encoded.bytes()));
    } catch (UserException damage) {
      throw new UserException(
          damage, "sample %s: %s; prepare the data again", sample.key(), damage.getMessage());
    }
  }
}
