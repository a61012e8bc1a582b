package io.spikeformer.data.geometry;

/** Whether an image is mirrored. */
public enum Flip {
  /** As it is. */
  NONE,
  /** Left becomes right. */
  HORIZONTAL
}
