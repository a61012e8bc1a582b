package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.Rect;
import java.util.Objects;
import java.util.Optional;

/**
 * One annotated object of an image.
 *
 * @param id of the annotation in its source
 * @param label index of its class, from 0
 * @param kind one object or a crowd
 * @param box around it, in pixels of the image
 * @param area in pixels as the source states it, a polygon's own area, not its mask's; the box's
 *     where it states none
 * @param mask of the image's size; empty for an object that is a box alone
 */
public record DetectedObject(
    long id, int label, ObjectKind kind, Rect box, double area, Optional<Rle> mask) {
  /** Checks the ranges. */
  public DetectedObject {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
    if (label < 0 || !(area >= 0 && area < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format(
              "object %d: expected a class >= 0 and an area >= 0, found class %d, area %s",
              id, label, area));
    }
  }

  /** An object with a mask. */
  public DetectedObject(long id, int label, ObjectKind kind, Rect box, double area, Rle mask) {
    this(id, label, kind, box, area, Optional.of(mask));
  }
}
