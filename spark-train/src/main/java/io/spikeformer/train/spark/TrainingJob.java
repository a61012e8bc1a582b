package io.spikeformer.train.spark;

import io.spikeformer.train.spark.averaging.FirstSlice;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.WorkerReport;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaRDD;
import scala.Function1;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;
import scala.runtime.BoxedUnit;

/** The job that trains the workers' parts of a round, which stay with the executors. */
final class TrainingJob {
  private final SimpleFutureAction<BoxedUnit> action;
  private final ConcurrentHashMap<Integer, WorkerReport> reports;

  private TrainingJob(
      SimpleFutureAction<BoxedUnit> action, ConcurrentHashMap<Integer, WorkerReport> reports) {
    this.action = action;
    this.reports = reports;
  }

  /**
   * Begins the job and returns: jobs that are begun later stand behind it.
   *
   * @param trained a partition for each worker, whose first slice has the report
   */
  static TrainingJob begin(JavaRDD<Slice> trained) {
    Function1<Iterator<Slice>, Slice> report =
        (Function1<Iterator<Slice>, Slice> & Serializable)
            slices -> FirstSlice.report(JavaConverters.asJavaIterator(slices));
    ConcurrentHashMap<Integer, WorkerReport> reports = new ConcurrentHashMap<>();
    List<Object> workers =
        IntStream.range(0, trained.getNumPartitions()).<Object>mapToObj(i -> i).toList();
    return new TrainingJob(
        trained
            .context()
            .<Slice, Slice, BoxedUnit>submitJob(
                trained.rdd(),
                report,
                JavaConverters.asScalaBuffer(workers).toList(),
                (worker, slice) -> {
                  reports.put((Integer) worker, slice.reports().get(0));
                  return BoxedUnit.UNIT;
                },
                () -> BoxedUnit.UNIT),
        reports);
  }

  /** Waits for the workers' reports, in their order. */
  List<WorkerReport> reports() {
    try {
      Await.result(action, Duration.Inf());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a round was trained", ended);
    } catch (TimeoutException never) {
      throw new IllegalStateException(never);
    }
    return IntStream.range(0, reports.size()).mapToObj(reports::get).toList();
  }
}
