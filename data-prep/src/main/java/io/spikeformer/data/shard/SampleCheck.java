package io.spikeformer.data.shard;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.LabelledSample;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;

/** Looks at a sample of a shard as closely as training would: everything is decoded. */
final class SampleCheck {
  private final ImageCodec codec = new ImageCodec();
  private final EventFrameCodec frameCodec = new EventFrameCodec();
  private final ShardManifest manifest;
  private final AnnotationListener annotations;
  private final int classes;

  /**
   * A check against what a manifest says.
   *
   * @param annotations is told of the objects of samples that are sound
   */
  SampleCheck(ShardManifest manifest, AnnotationListener annotations) {
    this.manifest = manifest;
    this.annotations = annotations;
    this.classes = manifest.classes().size();
  }

  /**
   * Checks a sample.
   *
   * @throws InvalidSampleException saying what is wrong
   */
  void check(Sample sample) throws InvalidSampleException {
    if (sample instanceof LabelledSample labelled) {
      checkLogits(labelled.logits());
    }
    if (sample instanceof ImageSample image) {
      checkLabel(image.label());
      EncodedImage encoded =
          new EncodedImage(image.image(), image.encoding(), image.height(), image.width());
      checkHeader(encoded);
      requireSize("image", encoded, codec.decode(encoded.bytes()));
    } else if (sample instanceof DetectionSample detection) {
      checkStored(detection.image());
      checkObjects(detection);
    } else if (sample instanceof SegmentationSample segmentation) {
      checkStored(segmentation.image());
      checkLabelMap(segmentation);
    } else if (sample instanceof EventSample events) {
      checkLabel(events.label());
      checkFrames(events);
    }
  }

  private void checkFrames(EventSample sample) throws InvalidSampleException {
    EventFrames frames;
    FrameOptions stated;
    try {
      frames = frameCodec.decode(sample.frames());
      stated = FrameOptions.of(manifest.source().settings());
    } catch (UserException | IllegalArgumentException damage) {
      throw new InvalidSampleException(damage.getMessage());
    }
    requireFrames("columns", frames, sample.timesteps(), sample.height(), sample.width());
    requireFrames("manifest", frames, stated.frames(), stated.height(), stated.width());
    for (byte count : frames.counts()) {
      if ((count & 0xff) > stated.maxCount()) {
        throw new InvalidSampleException(
            "event frames: expected counts up to %d, found %d"
                .formatted(stated.maxCount(), count & 0xff));
      }
    }
  }

  private static void requireFrames(
      String where, EventFrames found, int timesteps, int height, int width)
      throws InvalidSampleException {
    if (found.frames() != timesteps || found.height() != height || found.width() != width) {
      throw new InvalidSampleException(
          "event frames: expected [%d, 2, %d, %d] as in the %s, found [%d, 2, %d, %d]"
              .formatted(
                  timesteps, height, width, where, found.frames(), found.height(), found.width()));
    }
  }

  private void checkObjects(DetectionSample sample) throws InvalidSampleException {
    EncodedImage image = sample.image();
    try {
      List<DetectedObject> objects =
          ObjectBytes.decode(sample.key(), sample.annotations(), image.height(), image.width());
      for (DetectedObject object : objects) {
        checkLabel(object.label());
      }
      annotations.found(sample.key(), objects.stream().mapToLong(DetectedObject::id).toArray());
    } catch (UserException damage) {
      throw new InvalidSampleException(damage.getMessage());
    }
  }

  private static void checkLogits(float[] logits) throws InvalidSampleException {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new InvalidSampleException("logits: expected finite numbers, found " + logit);
      }
    }
  }

  private void checkLabel(int label) throws InvalidSampleException {
    if (label >= classes) {
      throw new InvalidSampleException(
          "label: expected less than %d, found %d".formatted(classes, label));
    }
  }

  /** Annotations lie on the pixels as stored. */
  private void checkStored(EncodedImage image) throws InvalidSampleException {
    checkHeader(image);
    requireSize("image", image, codec.decodeStored(image.bytes()));
  }

  private static void checkHeader(EncodedImage image) throws InvalidSampleException {
    ImageHeader header = ImageHeader.check(image.bytes());
    if (header.encoding() != image.encoding()) {
      throw new InvalidSampleException(
          "encoding: expected %s, found %s"
              .formatted(image.encoding().id(), header.encoding().id()));
    }
  }

  private void checkLabelMap(SegmentationSample sample) throws InvalidSampleException {
    ImageHeader.check(sample.labelMap());
    RgbImage map = codec.decodeStored(sample.labelMap());
    requireSize("label map", sample.image(), map);
    for (int i = 0; i < map.pixels().length; i += RgbImage.CHANNELS) {
      int label = map.pixels()[i] & 0xff;
      if (label >= classes && label != SegmentationSample.IGNORED) {
        throw new InvalidSampleException(
            "label map: expected classes below %d or %d, found %d"
                .formatted(classes, SegmentationSample.IGNORED, label));
      }
    }
  }

  private static void requireSize(String what, EncodedImage expected, RgbImage found)
      throws InvalidSampleException {
    if (found.height() != expected.height() || found.width() != expected.width()) {
      throw new InvalidSampleException(
          "%s: expected %d x %d pixels, found %d x %d"
              .formatted(what, expected.height(), expected.width(), found.height(), found.width()));
    }
  }
}
