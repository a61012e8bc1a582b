package io.spikeformer.train.spark;

import java.io.Serializable;
import java.util.List;

/**
 * A part of a training state on its way from a worker to where the mean is formed, or of the mean
 * on its way to the driver.
 *
 * @param index which part: elements [index * LENGTH, (index + 1) * LENGTH)
 * @param samples weight of the values: samples that they were trained on in this round
 * @param values the elements; empty from a worker that failed
 * @param reports with index 0 the reports of the workers in it, else empty
 */
record Slice(int index, long samples, float[] values, List<WorkerReport> reports)
    implements Serializable {
  /** Elements of every slice but the last: 4 MiB. */
  static final int LENGTH = 1 << 20;

  /** Number of slices of a state, at least one. */
  static int count(int elements) {
    return Math.max(1, (int) (((long) elements + LENGTH - 1) / LENGTH));
  }
}
