package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.WorkerMemory;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.spark.worker.TaskLimits;
import io.spikeformer.train.spark.worker.WorkerTask;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs rounds: lay out the state for all, train the workers, average their states slice by slice on
 * the executors, read one state.
 */
final class RoundRunner {
  private final JavaSparkContext spark;
  private final ReplicaSpec spec;
  private final Recipe recipe;
  private final int workers;
  private final WorkerMemory memory;

  /** Referred to for a round longer: Spark would remove its blocks a second time at once. */
  private SharedState before;

  /**
   * Rounds of a training.
   *
   * @param recipe workers, and which moments are averaged when
   * @param memory state that the workers keep from round to round
   */
  RoundRunner(JavaSparkContext spark, ReplicaSpec spec, Recipe recipe, WorkerMemory memory) {
    this.spark = spark;
    this.spec = spec;
    this.recipe = recipe;
    this.workers = recipe.averaging().workers();
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
   * @param executors the arithmetic of the workers, in their order
   */
  record Outcome(
      float[] values,
      TrainingSums sums,
      double computeSeconds,
      double dataSeconds,
      double totalSeconds,
      List<WorkerReport> failures,
      List<ExecutorArithmetic> executors) {}

  /**
   * One round.
   *
   * @param start the state that every worker starts from
   * @param epoch from 0
   * @param round from 0
   * @param finished rounds that are over, since the training began
   */
  Outcome run(TrainingState start, int epoch, int round, long finished) {
    long began = System.nanoTime();
    int shared = recipe.averagedVectors(finished);
    int averaged = recipe.averagedVectors(finished + 1);
    int length = start.values().length / shared * averaged;
    WorkerTask.Place place =
        new WorkerTask.Place(
            start.step(), epoch, round, shared, averaged, workers, TaskLimits.maxAttempts(spark));
    SharedState state = SharedState.of(spark, start.values());
    try {
      JavaPairRDD<Long, Slice> trained =
          memory.newest().mapPartitionsToPair(new WorkerTask(spec, state, place));
      MeanRdd means =
          MeanRdd.of(
              memory
                  .averaged(trained, length)
                  .setName(ClusterWatch.STATES + workers + " workers")
                  .rdd(),
              state,
              length);
      means.setName(ClusterWatch.MEAN);
      String text =
          Text.format("epoch %d round %d: train %d workers", epoch + 1, round + 1, workers);
      CollectedMean collected = new CollectedMean(length, state.mean());
      try {
        JobDescription.during(spark, "training", text, () -> collected.from(means));
        return outcome(collected, length, began);
      } finally {
        Broadcasts.removeShuffles(means);
      }
    } finally {
      memory.finish(state);
      before = state;
    }
  }

  /** The values that the workers bring along from round to round. */
  WorkerMemory memory() {
    return memory;
  }

  private Outcome outcome(CollectedMean collected, int length, long began) {
    TrainingSums sums = TrainingSums.NONE;
    double slowest = 0;
    double waiting = 0;
    List<WorkerReport> failures = new ArrayList<>();
    List<ExecutorArithmetic> executors = new ArrayList<>();
    for (WorkerReport report : collected.reports()) {
      sums = sums.plus(report.sums());
      if (report.seconds() > slowest) {
        slowest = report.seconds();
        waiting = report.dataSeconds();
      }
      if (report.failed()) {
        failures.add(report);
      } else {
        executors.add(report.executor());
      }
    }
    int reported = collected.reports().size();
    if (reported != workers || (failures.isEmpty() && collected.filled() != length)) {
      throw new IllegalStateException(
          Text.format(
              "round: expected %s workers and %s values, found %s and %s",
              workers, length, reported, collected.filled()));
    }
    double total = (System.nanoTime() - began) / 1e9;
    return new Outcome(collected.values(), sums, slowest, waiting, total, failures, executors);
  }
}
