package io.spikeformer.model.box;

import io.spikeformer.common.Check;

/**
 * Regions that the heads of a two-stage detector compute for an image, on average.
 *
 * @param boxes of the box head, finite and &gt;= 0
 * @param masks of the mask head, finite and &gt;= 0
 */
public record RegionMeans(double boxes, double masks) {
  /** As many as an evaluation has at most. */
  public static final RegionMeans MOST =
      new RegionMeans(RegionCounts.EVALUATION.boxes(), RegionCounts.EVALUATION.masks());

  /** Checks the ranges. */
  public RegionMeans {
    Check.that(
        boxes >= 0 && masks >= 0 && Double.isFinite(boxes + masks),
        "regions of an image: expected finite numbers >= 0, found %s and %s",
        boxes,
        masks);
  }
}
