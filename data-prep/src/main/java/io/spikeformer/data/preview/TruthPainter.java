package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.ArrayList;
import java.util.List;

/** Draws what is known of samples on what they show. */
final class TruthPainter {
  /** The class of an object, written at the corner of its box, in pixels of the image. */
  record Tag(int label, double left, double top) {}

  /**
   * The drawn truth that a legend has to name.
   *
   * @param tags of objects
   * @param pixels of each class of a label map, by its number; empty without one
   */
  record Drawn(List<Tag> tags, long[] pixels) {}

  /**
   * Draws a sample's truth.
   *
   * @param frames of the sample's size; it is drawn on each
   */
  Drawn draw(Sample sample, List<Canvas> frames) {
    return switch (sample.truth().kind()) {
      case CLASS_LABEL -> new Drawn(List.of(), new long[0]);
      case OBJECTS -> objects(sample, (EncodedObjects) sample.truth(), frames);
      case LABEL_MAP -> labelMap(sample, (EncodedLabelMap) sample.truth(), frames);
    };
  }

  private static Drawn objects(Sample sample, EncodedObjects truth, List<Canvas> frames) {
    List<DetectedObject> objects =
        ObjectBytes.decode(
            sample.key(), truth.bytes(), sample.content().height(), sample.content().width());
    List<Tag> tags = new ArrayList<>();
    for (DetectedObject object : objects) {
      for (Canvas canvas : frames) {
        object.mask().ifPresent(mask -> ObjectOverlay.mix(canvas, mask, object.label()));
        ObjectOverlay.outline(canvas, object.box(), object.label());
      }
      tags.add(new Tag(object.label(), object.box().x(), object.box().y()));
    }
    return new Drawn(tags, new long[0]);
  }

  private static Drawn labelMap(Sample sample, EncodedLabelMap truth, List<Canvas> frames) {
    LabelMap map;
    try {
      map = LabelMap.decode(truth.png());
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage, "sample %s cannot be drawn: %s; run verify", sample.key(), damage.getMessage());
    }
    frames.forEach(canvas -> LabelOverlay.draw(map, canvas));
    return new Drawn(List.of(), map.pixels());
  }
}
