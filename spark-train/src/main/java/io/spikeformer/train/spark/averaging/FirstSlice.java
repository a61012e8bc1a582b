package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import java.util.Iterator;
import java.util.List;

/** The first slice of what a worker keeps where means come one round late: it has the report. */
public final class FirstSlice {
  private FirstSlice() {}

  /** All that there is of a worker that cannot go on. */
  public static Slice failed(WorkerReport report) {
    return new Slice(0, 0, Payload.NONE, List.of(report));
  }

  /** What the worker reports; the values are left out. */
  public static Slice report(Iterator<Slice> kept) {
    return new Slice(0, 0, Payload.NONE, kept.next().reports());
  }

  /**
   * Steps that the worker has taken.
   *
   * @throws UserException with the worker's reason if it has failed
   */
  static int steps(Slice first) {
    WorkerReport report = first.reports().get(0);
    if (report.failed()) {
      throw new UserException(report.failure());
    }
    return Math.toIntExact(report.sums().optimizer().steps());
  }
}
