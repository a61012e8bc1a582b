package io.spikeformer.train.spark;

import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Function1;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Runs rounds: broadcast the state, train the workers, average their states slice by slice on the
 * executors, collect one state.
 */
final class RoundRunner {
  private final JavaSparkContext spark;
  private final ReplicaSpec spec;
  private final int workers;
  private final WorkerMemory memory;

  /**
   * Rounds of a training.
   *
   * @param memory what the workers bring along from round to round
   */
  RoundRunner(JavaSparkContext spark, ReplicaSpec spec, int workers, WorkerMemory memory) {
    this.spark = spark;
    this.spec = spec;
    this.workers = workers;
    this.memory = memory;
  }

  /**
   * Outcome of a round.
   *
   * @param values the mean state
   * @param sums over all workers
   * @param computeSeconds of the slowest worker, with its waiting for batches
   * @param dataSeconds that waiting
   * @param totalSeconds of the whole round
   * @param failures reports of workers that cannot go on; then the values mean nothing
   */
  record Outcome(
      float[] values,
      TrainingSums sums,
      double computeSeconds,
      double dataSeconds,
      double totalSeconds,
      List<WorkerReport> failures) {}

  /**
   * One round.
   *
   * @param start the state that every worker starts from
   * @param epoch from 0
   * @param round from 0
   */
  Outcome run(TrainingState start, int epoch, int round) {
    long began = System.nanoTime();
    int length = start.values().length;
    WorkerTask.Place place =
        new WorkerTask.Place(start.step(), epoch, round, workers, TaskLimits.maxAttempts(spark));
    Broadcast<float[]> values = spark.broadcast(start.values());
    try {
      JavaPairRDD<Long, Slice> trained =
          memory.newest().mapPartitionsToPair(new WorkerTask(spec, values, place));
      JavaRDD<Slice> means =
          memory
              .averaged(trained)
              .setName("states of " + workers + " workers")
              .repartitionAndSortWithinPartitions(
                  new SlicePartitioner(workers, Slice.count(length)))
              .mapPartitions(new SliceMean(values))
              .setName("mean state");
      String text = "epoch %d round %d: train %d workers".formatted(epoch + 1, round + 1, workers);
      Collected collected = new Collected(length);
      try {
        JobDescription.during(spark, "training", text, () -> collected.from(means));
        return outcome(collected, length, began);
      } finally {
        means.rdd().cleanShuffleDependencies(true);
      }
    } finally {
      memory.finish(values);
    }
  }

  /** What the workers bring along from round to round. */
  WorkerMemory memory() {
    return memory;
  }

  private Outcome outcome(Collected collected, int length, long began) {
    TrainingSums sums = TrainingSums.NONE;
    double slowest = 0;
    double waiting = 0;
    List<WorkerReport> failures = new ArrayList<>();
    for (WorkerReport report : collected.reports) {
      sums = sums.plus(report.sums());
      if (report.seconds() > slowest) {
        slowest = report.seconds();
        waiting = report.dataSeconds();
      }
      if (report.failed()) {
        failures.add(report);
      }
    }
    int reported = collected.reports.size();
    if (reported != workers || (failures.isEmpty() && collected.filled != length)) {
      throw new IllegalStateException(
          "round: expected "
              + workers
              + " workers and "
              + length
              + " values, found "
              + reported
              + " and "
              + collected.filled);
    }
    double total = (System.nanoTime() - began) / 1e9;
    return new Outcome(collected.values, sums, slowest, waiting, total, failures);
  }

  /**
   * The mean state, put together from slices as they arrive, so that the driver never holds more of
   * it than the few partitions that are on their way.
   */
  private static final class Collected {
    private final float[] values;
    // of all workers in their order: they come with the first slice, which one partition holds
    private final List<WorkerReport> reports = new ArrayList<>();
    private int filled;

    Collected(int length) {
      values = new float[length];
    }

    Collected from(JavaRDD<Slice> means) {
      Function1<Iterator<Slice>, Slice[]> all =
          (Function1<Iterator<Slice>, Slice[]> & Serializable) Collected::all;
      SparkContext spark = means.context();
      spark.runJob(means.rdd(), all, this::add, ClassTag$.MODULE$.apply(Slice[].class));
      return this;
    }

    private static Slice[] all(Iterator<Slice> partition) {
      List<Slice> slices = new ArrayList<>();
      while (partition.hasNext()) {
        slices.add(partition.next());
      }
      return slices.toArray(Slice[]::new);
    }

    private BoxedUnit add(Object partition, Slice... means) {
      for (Slice mean : means) {
        System.arraycopy(
            mean.values(), 0, values, mean.index() * Slice.LENGTH, mean.values().length);
        filled += mean.values().length;
        reports.addAll(mean.reports());
      }
      return BoxedUnit.UNIT;
    }
  }
}
