package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.ArrayList;
import java.util.List;

/** Draws what is known of samples on what they show. */
final class TruthPainter {
  private static final double MASK_SHARE = 0.5;

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
      int colour = ClassColours.of(object.label());
      Rect box = object.box();
      for (Canvas canvas : frames) {
        object.mask().ifPresent(mask -> mixMask(canvas, mask, colour));
        canvas.outline(box.x(), box.y(), box.x() + box.width(), box.y() + box.height(), colour);
      }
      tags.add(new Tag(object.label(), box.x(), box.y()));
    }
    return new Drawn(tags, new long[0]);
  }

  /** Runs go down the columns, in turn outside and inside of the mask. */
  private static void mixMask(Canvas canvas, Rle mask, int colour) {
    int pixel = 0;
    boolean inside = false;
    for (int run : mask.counts()) {
      for (int end = pixel + run; pixel < end; pixel++) {
        if (inside) {
          canvas.mix(pixel % mask.height(), pixel / mask.height(), colour, MASK_SHARE);
        }
      }
      inside = !inside;
    }
  }

  private static Drawn labelMap(Sample sample, EncodedLabelMap truth, List<Canvas> frames) {
    LabelMap map;
    try {
      map = LabelMap.decode(truth.png());
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage, "sample %s cannot be drawn: %s; run verify", sample.key(), damage.getMessage());
    }
    frames.forEach(canvas -> LabelOverlay.draw(map, canvas, ClassColours::of));
    return new Drawn(List.of(), map.pixels());
  }
}
