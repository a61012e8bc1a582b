package io.spikeformer.eval.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Tuple4;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Follows the accumulator that counts samples: executors report it with their heartbeats, long
 * before a task ends. Thread-safe, since Spark delivers events while the driver goes on.
 */
public final class ProgressListener extends SparkListener {
  private final long accumulator;
  private final long total;
  private final EvaluationProgress progress;
  private final Map<Long, Long> samplesOfTask = new HashMap<>();
  private long reported;
  private boolean finished;

  /**
   * A listener to be added to the Spark context.
   *
   * @param accumulator identity of the one that counts samples
   * @param total samples in all
   * @param progress told of the samples
   */
  public ProgressListener(long accumulator, long total, EvaluationProgress progress) {
    this.accumulator = accumulator;
    this.total = total;
    this.progress = progress;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task :
        JavaConverters.seqAsJavaList(update.accumUpdates())) {
      note((Long) task._1(), task._4());
    }
    report();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.reason() == Success$.MODULE$) {
      note(end.taskInfo().taskId(), end.taskInfo().accumulables());
    } else {
      samplesOfTask.remove(end.taskInfo().taskId());
    }
    report();
  }

  private void note(long task, Seq<AccumulableInfo> infos) {
    for (AccumulableInfo info : JavaConverters.seqAsJavaList(infos)) {
      if (info.id() == accumulator && info.update().isDefined()) {
        samplesOfTask.merge(task, ((Number) info.update().get()).longValue(), Math::max);
      }
    }
  }

  /** All samples are done; events that come late are ignored. */
  public synchronized void finish() {
    report(total);
    finished = true;
  }

  private void report() {
    report(Math.min(total, samplesOfTask.values().stream().mapToLong(Long::longValue).sum()));
  }

  private void report(long done) {
    if (done != reported && !finished) {
      reported = done;
      progress.samplesDone(done, total);
    }
  }
}
