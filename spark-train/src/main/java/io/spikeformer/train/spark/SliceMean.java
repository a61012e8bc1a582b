package io.spikeformer.train.spark;

import io.spikeformer.model.kernel.DataType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * The sample-weighted mean of each slice, from contributions sorted by slice and then by worker.
 *
 * <p>Summed in double in the workers' order, never in order of arrival: sum(samples * value) /
 * sum(samples), rounded once. The mean of one contribution, or of equal ones, is that bit for bit:
 * the products are exact as long as the samples of a round stay below 2^29. A contribution that
 * comes as differences is the round's start plus those.
 */
final class SliceMean implements FlatMapFunction<Iterator<Tuple2<Long, Slice>>, Slice> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<float[]> start;

  /**
   * Means of a round.
   *
   * @param start the state that the round began with; only read for contributions that are
   *     differences from it
   */
  SliceMean(Broadcast<float[]> start) {
    this.start = start;
  }

  @Override
  public Iterator<Slice> call(Iterator<Tuple2<Long, Slice>> contributions) {
    List<Slice> means = new ArrayList<>();
    Sum sum = null;
    while (contributions.hasNext()) {
      Slice slice = contributions.next()._2();
      if (sum == null || sum.index != slice.index()) {
        if (sum != null) {
          means.add(sum.mean());
        }
        sum = new Sum(slice.index());
      }
      sum.add(slice);
    }
    if (sum != null) {
      means.add(sum.mean());
    }
    return means.iterator();
  }

  /** Accumulates the contributions of one slice. */
  private final class Sum {
    private final int index;
    private final List<WorkerReport> reports = new ArrayList<>();
    private double[] totals = new double[0];
    private long samples;

    Sum(int index) {
      this.index = index;
    }

    void add(Slice slice) {
      reports.addAll(slice.reports());
      if (slice.samples() == 0) {
        return;
      }
      float[] values = slice.values();
      short[] changes = slice.changes();
      if (totals.length == 0) {
        totals = new double[Math.max(values.length, changes.length)];
      }
      double weight = slice.samples();
      for (int i = 0; i < values.length; i++) {
        totals[i] += weight * values[i];
      }
      if (changes.length > 0) {
        float[] before = start.value();
        int offset = index * Slice.LENGTH;
        for (int i = 0; i < changes.length; i++) {
          totals[i] += weight * ((double) before[offset + i] + DataType.fromBfloat16(changes[i]));
        }
      }
      samples += slice.samples();
    }

    Slice mean() {
      float[] mean = new float[totals.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (totals[i] / samples);
      }
      return new Slice(index, samples, mean, List.copyOf(reports));
    }
  }
}
