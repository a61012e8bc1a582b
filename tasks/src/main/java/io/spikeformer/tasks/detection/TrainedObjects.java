package io.spikeformer.tasks.detection;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.detection.VisibleObjects;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.model.box.Boxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of one image that a detector is trained on, in pixels of what the model sees. Crowds
 * are left out, and so are objects without an area, and those of which less than a pixel is seen.
 *
 * @param boxes inside the image, each with an area; there may be none
 * @param labels classes, from 0
 * @param masks of the image's size; empty of an object that is a box alone
 */
public record TrainedObjects(Boxes boxes, int[] labels, List<Optional<Rle>> masks) {
  private static final VisibleObjects VISIBLE = new VisibleObjects(1);

  /** Copies the list. */
  public TrainedObjects {
    masks = List.copyOf(masks);
  }

  /** Moves the objects of an image along with its pixels. */
  static TrainedObjects of(List<DetectedObject> objects, Geometry plan) {
    List<DetectedObject> trained =
        VISIBLE.after(
            plan,
            objects.stream()
                .filter(object -> object.kind() != ObjectKind.CROWD && object.area() > 0)
                .toList());
    float[] corners = new float[Boxes.CORNERS * trained.size()];
    int[] labels = new int[trained.size()];
    List<Optional<Rle>> masks = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      Rect box = trained.get(i).box();
      corners[Boxes.CORNERS * i] = (float) box.x();
      corners[Boxes.CORNERS * i + 1] = (float) box.y();
      corners[Boxes.CORNERS * i + 2] = (float) (box.x() + box.width());
      corners[Boxes.CORNERS * i + 3] = (float) (box.y() + box.height());
      labels[i] = trained.get(i).label();
      masks.add(trained.get(i).mask());
    }
    return new TrainedObjects(new Boxes(corners), labels, masks);
  }

  /**
   * Refuses classes that the network does not have.
   *
   * @param key of the sample
   * @param classes that the network tells apart
   * @throws UserException in one line that names the sample
   */
  void requireClasses(String key, int classes) {
    for (int label : labels) {
      if (label >= classes) {
        throw new UserException(
            "sample %s: expected classes 0 to %s, found %s; set model.classes to the number of the"
                + " data's classes",
            key, classes - 1, label);
      }
    }
  }
}
