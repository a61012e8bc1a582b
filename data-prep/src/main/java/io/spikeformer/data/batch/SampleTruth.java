package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.List;

/**
 * What is known of a sample of a batch. A label map or objects are decoded when they are first
 * asked for, and only once: the crop and the targets share them. For one thread at a time.
 */
public final class SampleTruth {
  private final Sample sample;
  private LabelMap labels;
  private List<DetectedObject> objects;

  /** The truth of a sample. */
  public SampleTruth(Sample sample) {
    this.sample = sample;
  }

  /**
   * The truth of a sample that was put together from others.
   *
   * @param sample that it begins with
   * @param objects in it, in pixels of what was put together
   */
  static SampleTruth moved(Sample sample, List<DetectedObject> objects) {
    byte[] bytes = ObjectBytes.encode(sample.key(), objects);
    SampleTruth truth =
        new SampleTruth(new Sample(sample.key(), sample.content(), new EncodedObjects(bytes)));
    truth.objects = List.copyOf(objects);
    return truth;
  }

  /** As it lies in the shard. */
  public Truth encoded() {
    return sample.truth();
  }

  /**
   * The classes of the sample's pixels, of the content's size.
   *
   * @throws UserException naming the sample, if its truth is of another kind or damaged
   */
  public LabelMap labelMap() {
    if (labels == null) {
      labels = decoded();
    }
    return labels;
  }

  /**
   * The objects in the sample's image, in pixels of the stored image; none if it shows none.
   *
   * @throws UserException naming the sample, if its truth is of another kind or damaged
   */
  public List<DetectedObject> objects() {
    if (objects == null) {
      if (!(sample.truth() instanceof EncodedObjects encoded)) {
        throw ofAnotherTask("objects", TruthKind.OBJECTS);
      }
      Content content = sample.content();
      objects =
          List.copyOf(
              ObjectBytes.decode(sample.key(), encoded.bytes(), content.height(), content.width()));
    }
    return objects;
  }

  /** How its labelled pixels fall into classes; none where pixels have no labels. */
  LabelShare labelShare() {
    return sample.truth() instanceof EncodedLabelMap
        ? plan -> labelMap().largest(plan)
        : LabelShare.NONE;
  }

  private LabelMap decoded() {
    if (!(sample.truth() instanceof EncodedLabelMap map)) {
      throw ofAnotherTask("label maps", TruthKind.LABEL_MAP);
    }
    LabelMap decoded;
    try {
      decoded = LabelMap.decode(map.png());
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage,
          "sample %s: expected a PNG label map, found bytes that %s; prepare the data again",
          sample.key(),
          damage.getMessage());
    }
    int height = sample.content().height();
    int width = sample.content().width();
    if (decoded.height() != height || decoded.width() != width) {
      throw new UserException(
          "sample %s: expected a label map of %d x %d pixels, found %d x %d; prepare the data"
              + " again",
          sample.key(), height, width, decoded.height(), decoded.width());
    }
    return decoded;
  }

  private UserException ofAnotherTask(String truths, TruthKind expected) {
    return new UserException(
        "%s: expected samples for %s, found them for %s; name another split",
        truths, expected.task(), sample.truth().kind().task());
  }
}
