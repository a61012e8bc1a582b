package io.spikeformer.train.spark.averaging;

import java.io.Serializable;

/**
 * How a state is cut into slices: equally long ones, the last one shorter. It is the same in every
 * round of a training. All that is done with a state between two rounds is done with each value by
 * itself. The order of a mean's sum depends on the slice.
 *
 * @param length values of every slice except the last
 */
public record SliceLayout(int length) implements Serializable {
  /** Values of a slice at most: 4 MiB. */
  public static final int LONGEST = 1 << 20;

  private static final int ALIGNMENT = 1 << 10;

  /**
   * A layout that gives every worker as much of the mean to form: a vector has a multiple of as
   * many slices as there are workers.
   *
   * @param vector values of the model's state, or of one moment
   * @param workers replicas
   */
  public static SliceLayout of(int vector, int workers) {
    long each = ((long) vector + workers - 1) / workers;
    long slices = (each + LONGEST - 1) / LONGEST;
    long length = (each + slices - 1) / slices;
    return new SliceLayout((int) Math.min(LONGEST, roundedUp(length)));
  }

  private static long roundedUp(long length) {
    return Math.max(1, (length + ALIGNMENT - 1) / ALIGNMENT) * ALIGNMENT;
  }

  /** Number of slices of a state, at least one. */
  public int count(int elements) {
    return Math.max(1, (int) (((long) elements + length - 1) / length));
  }

  /** The first value of a slice. */
  public int from(int index) {
    return Math.multiplyExact(index, length);
  }

  /** Values of a slice of a state; 0 for one that lies behind its end. */
  public int length(int index, int elements) {
    return (int) Math.max(0, Math.min(elements - (long) index * length, length));
  }
}
