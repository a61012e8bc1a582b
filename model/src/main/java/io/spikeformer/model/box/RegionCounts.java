package io.spikeformer.model.box;

/**
 * Regions of an image that the heads of Mask R-CNN read at most.
 *
 * @param boxes of the box head, &gt;= 1
 * @param masks of the mask head, &gt;= 1
 */
public record RegionCounts(int boxes, int masks) {
  /** Those sampled in training; a quarter of them may hold objects. */
  public static final RegionCounts TRAINING = new RegionCounts(512, 128);

  /** Proposals and detections of evaluation. */
  public static final RegionCounts EVALUATION = new RegionCounts(1_000, 100);
}
