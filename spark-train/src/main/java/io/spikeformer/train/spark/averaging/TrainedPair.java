package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import java.util.Iterator;
import java.util.List;

/**
 * A part of what a worker keeps from round to round where means come one round late: two slices of
 * the same place, one behind the other.
 *
 * @param sent the values that the worker has begun the round with, and sent to the mean before; as
 *     far as they are averaged
 * @param trained the values that it has ended the round with, with the samples of the round; the
 *     first one has the worker's report
 */
public record TrainedPair(Slice sent, Slice trained) {
  /** The next one. */
  static TrainedPair next(Iterator<Slice> kept) {
    return new TrainedPair(kept.next(), kept.next());
  }

  /** Of a worker that cannot go on. */
  public static TrainedPair failed(WorkerReport report) {
    return new TrainedPair(
        new Slice(0, 0, Payload.NONE, List.of()), new Slice(0, 0, Payload.NONE, List.of(report)));
  }

  /** What the worker reports, from the first pair; the values are left out. */
  public static Slice report(Iterator<Slice> kept) {
    return new Slice(0, 0, Payload.NONE, next(kept).trained().reports());
  }

  /**
   * The report of the worker, in the first pair.
   *
   * @throws UserException with the worker's reason if it has failed
   */
  WorkerReport success() {
    WorkerReport report = trained.reports().get(0);
    if (report.failed()) {
      throw new UserException(report.failure());
    }
    return report;
  }

  float[] sentValues() {
    return ((Payload.Floats) sent.payload()).values();
  }

  float[] trainedValues() {
    return ((Payload.Floats) trained.payload()).values();
  }
}
