package io.spikeformer.data.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.geometry.Rect;
import java.util.Objects;
import java.util.Optional;

/**
 * One object that a model has found in an image.
 *
 * @param label index of its class, from 0
 * @param score finite; higher is surer
 * @param box in pixels of the image; it may leave the image
 * @param mask of the image's size
 */
public record Detection(int label, double score, Optional<Rect> box, Optional<Rle> mask) {
  /** Checks the ranges. */
  public Detection {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(mask, "mask");
    Check.that(
        label >= 0 && Double.isFinite(score) && (box.isPresent() || mask.isPresent()),
        "detection: expected a class >= 0, a finite score, and a box or a mask, found class %s,"
            + " score %s, %s, %s",
        label,
        score,
        box,
        mask);
  }
}
