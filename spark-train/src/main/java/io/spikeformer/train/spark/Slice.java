package io.spikeformer.train.spark;

import io.spikeformer.model.kernel.DataType;
import java.io.Serializable;
import java.util.List;

/**
 * A part of one worker's state on its way to the mean, or of the mean itself.
 *
 * @param index which part: elements [index * LENGTH, (index + 1) * LENGTH)
 * @param samples weight of the values: samples that they were trained on in this round
 * @param values the elements; empty from a worker that failed, or where the changes are given
 * @param changes instead of the values, their differences from the round's start as bfloat16
 * @param reports with index 0 the reports of the workers in it, else empty
 */
record Slice(int index, long samples, float[] values, short[] changes, List<WorkerReport> reports)
    implements Serializable {
  /** Elements of every slice but the last: 4 MiB. */
  static final int LENGTH = 1 << 20;

  /** A part whose values are given. */
  Slice(int index, long samples, float[] values, List<WorkerReport> reports) {
    this(index, samples, values, new short[0], reports);
  }

  /** The same part as differences from the round's start. */
  Slice compressed(float[] start) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = change(start[index * LENGTH + i], values[i]);
    }
    return new Slice(index, samples, new float[0], halves, reports);
  }

  /**
   * The bfloat16 nearest to the difference, but never one that makes a value negative whose ends
   * are not: variances and second moments stay what they are.
   */
  private static short change(float start, float value) {
    short nearest = DataType.toBfloat16(value - start);
    boolean crosses =
        start >= 0 && value >= 0 && (double) start + DataType.fromBfloat16(nearest) < 0;
    return crosses ? (short) (Float.floatToRawIntBits(value - start) >>> 16) : nearest;
  }

  /** Number of slices of a state, at least one. */
  static int count(int elements) {
    return Math.max(1, (int) (((long) elements + LENGTH - 1) / LENGTH));
  }
}
