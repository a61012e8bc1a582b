package io.spikeformer.train.spark.averaging;

import io.spikeformer.model.kernel.DataType;
import java.io.Serializable;
import java.util.List;

/**
 * A part of one worker's state on its way to the mean.
 *
 * @param index which part, see {@link SliceLayout}
 * @param samples weight of the values: samples that they were trained on in this round
 * @param payload the elements; none from a worker that failed
 * @param reports with index 0 the report of the worker, else empty
 */
public record Slice(int index, long samples, Payload payload, List<WorkerReport> reports)
    implements Serializable {
  /** A part whose values are given. */
  Slice(int index, long samples, float[] values, List<WorkerReport> reports) {
    this(index, samples, new Payload.Floats(values), reports);
  }

  /** Differences of values from the round's start, see {@link #change}. */
  public static short[] changes(float[] start, float[] values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = change(start[i], values[i]);
    }
    return halves;
  }

  /**
   * Difference of a value from the round's start: the bfloat16 nearest to it, but never one that
   * makes a value negative whose ends are not: variances and second moments stay what they are.
   */
  static short change(float start, float value) {
    short nearest = DataType.toBfloat16(value - start);
    boolean crosses =
        start >= 0 && value >= 0 && (double) start + DataType.fromBfloat16(nearest) < 0;
    return crosses ? (short) (Float.floatToRawIntBits(value - start) >>> 16) : nearest;
  }
}
