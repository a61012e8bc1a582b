package io.spikeformer.tasks.detection;

import io.spikeformer.common.Numbers;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.preview.ObjectOverlay;
import java.util.List;
import java.util.Optional;

/**
 * An object or a detection of a sample that a report shows, at the size of its picture.
 *
 * @param label index of its class
 * @param kind an instance or a crowd
 * @param score of a detection; NaN of an object
 * @param box x, y, width and height in pixels of the picture; empty for a mask alone
 * @param mask run lengths in pycocotools' compressed text, of the picture's size; empty for a box
 *     alone
 */
record ShownObject(int label, ObjectKind kind, double score, List<Double> box, String mask) {
  ShownObject {
    box = List.copyOf(box);
  }

  static ShownObject of(DetectedObject object, Geometry plan) {
    return new ShownObject(
        object.label(),
        object.kind(),
        Double.NaN,
        numbers(Optional.of(object.box()), plan),
        runs(object.mask(), plan));
  }

  static ShownObject of(Detection detection, Geometry plan) {
    return new ShownObject(
        detection.label(),
        ObjectKind.INSTANCE,
        detection.score(),
        numbers(detection.box(), plan),
        runs(detection.mask(), plan));
  }

  private static List<Double> numbers(Optional<Rect> box, Geometry plan) {
    return box.map(plan::apply)
        .map(moved -> List.of(moved.x(), moved.y(), moved.width(), moved.height()))
        .orElse(List.of());
  }

  private static String runs(Optional<Rle> mask, Geometry plan) {
    return mask.map(whole -> whole.resample(plan.rows(), plan.columns()).compressed()).orElse("");
  }

  /**
   * The object as it is drawn.
   *
   * @param names of the classes
   * @param height of the picture
   * @param width of the picture
   * @throws IllegalArgumentException if box or mask are damaged
   */
  ObjectOverlay.Mark mark(List<String> names, int height, int width) {
    String name = label < names.size() ? Lettering.drawable(names.get(label), label) : "" + label;
    String more = kind == ObjectKind.CROWD ? " (crowd)" : "";
    String sure = Double.isNaN(score) ? "" : " " + Numbers.decimals(score, 2);
    Optional<Rect> place =
        box.isEmpty()
            ? Optional.empty()
            : Optional.of(new Rect(box.get(0), box.get(1), box.get(2), box.get(3)));
    Optional<Rle> pixels =
        mask.isEmpty() ? Optional.empty() : Optional.of(Rle.parse(height, width, mask));
    return new ObjectOverlay.Mark(label, name + more + sure, place, pixels);
  }
}
