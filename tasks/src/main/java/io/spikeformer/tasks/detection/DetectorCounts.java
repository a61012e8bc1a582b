package io.spikeformer.tasks.detection;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.tasks.ChosenSamples;
import io.spikeformer.tasks.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The counts of a detector's evaluation: the outcomes of its boxes and of its masks, the regions
 * that its heads have computed, and a few samples to look at. Not thread-safe.
 */
public final class DetectorCounts implements Counts {
  private static final long serialVersionUID = 1;
  private static final int EXAMPLES = 6;
  private static final int WORST = 6;

  private final DetectionCounts boxes;
  private final DetectionCounts masks;
  private final ChosenSamples examples = new ChosenSamples(EXAMPLES);
  private final ChosenSamples worst = new ChosenSamples(WORST);

  /** Images of each shard so far; a shard's images are added in its order, in one part. */
  private final TreeMap<Integer, Integer> rows = new TreeMap<>();

  private long imagesWithoutObjects;
  private long crowds;
  private long objectsWithoutMask;
  private long imagesWithMasks;
  private long boxRegions;
  private long maskRegions;

  /**
   * Empty counts.
   *
   * @param classes number of classes, &gt;= 1
   */
  public DetectorCounts(int classes) {
    this.boxes = new DetectionCounts(IouType.BOX, classes);
    this.masks = new DetectionCounts(IouType.MASK, classes);
  }

  /** The classes that a serializer must know. */
  static List<Class<?>> types() {
    List<Class<?>> types = new ArrayList<>(ChosenSamples.types());
    types.addAll(
        List.of(DetectorCounts.class, DetectionCounts.class, IouType.class, TreeMap.class));
    return types;
  }

  /**
   * An image as it was prepared.
   *
   * @param key of the sample
   * @param size in whose pixels objects and detections are
   * @param objects crowds too
   */
  record Image(String key, Size size, List<DetectedObject> objects) {}

  /**
   * Adds an image. Boxes are scored for every image; masks where the detector gives them.
   *
   * @param shard that has it; its images are added in its order
   * @param found by the detector
   * @param picture as the detector saw it; empty if none is to be shown
   */
  void add(int shard, Image image, FoundObjects found, Optional<Supplier<RgbImage>> picture) {
    int row = rows.merge(shard, 1, Integer::sum) - 1;
    long order = (long) shard << Integer.SIZE | row;
    int before = boxes.detections();
    boxes.add(order, image.objects(), found.detections());
    List<Detection> pasted = found.detections().stream().filter(d -> d.mask().isPresent()).toList();
    List<DetectedObject> masked = image.objects().stream().filter(IouType.MASK::isIn).toList();
    masks.add(order, masked, pasted);
    objectsWithoutMask += image.objects().size() - masked.size();
    imagesWithMasks += found.parts().contains(IouType.MASK) ? 1 : 0;
    long crowded =
        image.objects().stream().filter(object -> object.kind() == ObjectKind.CROWD).count();
    crowds += crowded;
    imagesWithoutObjects += crowded == image.objects().size() ? 1 : 0;
    boxRegions += found.boxRegions();
    maskRegions += found.maskRegions();
    int counted = (int) (image.objects().size() - crowded);
    ImageTally tally = boxes.tally(before, counted, DetectionExample.LEAST_SCORE);
    picture.ifPresent(seen -> show(image, found.detections(), tally, seen));
  }

  private void show(
      Image image, List<Detection> detections, ImageTally tally, Supplier<RgbImage> seen) {
    boolean isExample = examples.want(0, image.key());
    boolean isBad = tally.faults() > 0 && worst.want(-tally.faults(), image.key());
    if (isExample || isBad) {
      DetectionExample sample =
          DetectionExample.of(
              image.key(), tally, image.size(), seen.get(), image.objects(), detections);
      if (isExample) {
        examples.add(0, image.key(), sample);
      }
      if (isBad) {
        worst.add(-tally.faults(), image.key(), sample);
      }
    }
  }

  @Override
  public void merge(Counts other) {
    if (!(other instanceof DetectorCounts more)) {
      throw new IllegalArgumentException("detector counts: expected those of a detector");
    }
    boxes.merge(more.boxes);
    masks.merge(more.masks);
    examples.merge(more.examples);
    worst.merge(more.worst);
    rows.putAll(more.rows);
    imagesWithoutObjects += more.imagesWithoutObjects;
    crowds += more.crowds;
    objectsWithoutMask += more.objectsWithoutMask;
    imagesWithMasks += more.imagesWithMasks;
    boxRegions += more.boxRegions;
    maskRegions += more.maskRegions;
  }

  /**
   * The result of these counts.
   *
   * @param names of the classes by label
   * @param namesCompared whether the model's classes were compared with the data's
   */
  DetectionOutcome outcome(List<String> names, boolean namesCompared) {
    boolean hasMasks = imagesWithMasks == boxes.images() && objectsWithoutMask == 0;
    return new DetectionOutcome(
        DetectionResult.of(boxes, names),
        hasMasks ? Optional.of(DetectionResult.of(masks, names)) : Optional.empty(),
        new DetectionOutcome.Facts(
            imagesWithoutObjects,
            crowds,
            objectsWithoutMask,
            boxRegions,
            maskRegions,
            namesCompared),
        examples.list(DetectionExample.class),
        worst.list(DetectionExample.class));
  }
}
