package io.spikeformer.train.spark;

import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

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
      try {
        List<Slice> slices = JobDescription.during(spark, "training", text, means::collect);
        return outcome(slices, length, began);
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

  private Outcome outcome(List<Slice> means, int length, long began) {
    float[] values = new float[length];
    TrainingSums sums = TrainingSums.NONE;
    double slowest = 0;
    double waiting = 0;
    int filled = 0;
    int reported = 0;
    List<WorkerReport> failures = new ArrayList<>();
    for (Slice mean : means) {
      System.arraycopy(mean.values(), 0, values, mean.index() * Slice.LENGTH, mean.values().length);
      filled += mean.values().length;
      for (WorkerReport report : mean.reports()) {
        reported++;
        sums = sums.plus(report.sums());
        if (report.seconds() > slowest) {
          slowest = report.seconds();
          waiting = report.dataSeconds();
        }
        if (report.failed()) {
          failures.add(report);
        }
      }
    }
    if (reported != workers || (failures.isEmpty() && filled != length)) {
      throw new IllegalStateException(
          "round: expected "
              + workers
              + " workers and "
              + length
              + " values, found "
              + reported
              + " and "
              + filled);
    }
    double total = (System.nanoTime() - began) / 1e9;
    return new Outcome(values, sums, slowest, waiting, total, failures);
  }
}
