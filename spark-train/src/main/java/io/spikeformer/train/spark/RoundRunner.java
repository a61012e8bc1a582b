package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceBlocks;
import io.spikeformer.train.spark.averaging.WorkerMemory;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.spark.worker.TaskLimits;
import io.spikeformer.train.spark.worker.WorkerTask;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Runs rounds: lay out the state for all, train the workers, average their states slice by slice on
 * the executors, read one state.
 */
final class RoundRunner {
  private final JavaSparkContext spark;
  private final ReplicaSpec spec;
  private final int workers;
  private final WorkerMemory memory;

  /** Referred to for a round longer: Spark would remove its blocks a second time at once. */
  private SharedState before;

  /**
   * Rounds of a training.
   *
   * @param memory state that the workers keep from round to round
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
   */
  Outcome run(TrainingState start, int epoch, int round) {
    long began = System.nanoTime();
    int length = start.values().length;
    WorkerTask.Place place =
        new WorkerTask.Place(start.step(), epoch, round, workers, TaskLimits.maxAttempts(spark));
    SharedState state = SharedState.of(spark, start.values());
    try {
      JavaPairRDD<Long, Slice> trained =
          memory.newest().mapPartitionsToPair(new WorkerTask(spec, state, place));
      MeanRdd means =
          MeanRdd.of(
              memory.averaged(trained).setName("states of " + workers + " workers").rdd(), state);
      means.setName("mean state");
      String text =
          Text.format("epoch %d round %d: train %d workers", epoch + 1, round + 1, workers);
      Collected collected = new Collected(length, state.mean());
      try {
        JobDescription.during(spark, "training", text, () -> collected.from(means));
        return outcome(collected, length, began);
      } finally {
        means.cleanShuffleDependencies(true);
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

  private Outcome outcome(Collected collected, int length, long began) {
    TrainingSums sums = TrainingSums.NONE;
    double slowest = 0;
    double waiting = 0;
    List<WorkerReport> failures = new ArrayList<>();
    List<ExecutorArithmetic> executors = new ArrayList<>();
    for (WorkerReport report : collected.reports) {
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
    int reported = collected.reports.size();
    if (reported != workers || (failures.isEmpty() && collected.filled != length)) {
      throw new IllegalStateException(
          Text.format(
              "round: expected %s workers and %s values, found %s and %s",
              workers, length, reported, collected.filled));
    }
    double total = (System.nanoTime() - began) / 1e9;
    return new Outcome(collected.values, sums, slowest, waiting, total, failures, executors);
  }

  /**
   * The mean state, put together from slices as they are formed. The driver reads each from its
   * block into its place.
   */
  private static final class Collected {
    private static final int ATTEMPTS = 4;

    private final float[] values;
    private final SliceBlocks blocks;
    private final ByteBuffer buffer = SliceBlocks.buffer();
    // of all workers in their order: they come with the first slice, which one partition holds
    private final List<WorkerReport> reports = new ArrayList<>();
    private final Map<Integer, UserException> missing = new TreeMap<>();
    private int filled;

    Collected(int length, SliceBlocks blocks) {
      values = new float[length];
      this.blocks = blocks;
    }

    Collected from(MeanRdd means) {
      List<Integer> partitions = IntStream.range(0, means.getNumPartitions()).boxed().toList();
      // an executor may be lost after its task has ended and before its blocks were read
      for (int attempt = 1; !partitions.isEmpty(); attempt++) {
        missing.clear();
        run(means, partitions);
        partitions = List.copyOf(missing.keySet());
        if (!partitions.isEmpty() && attempt == ATTEMPTS) {
          throw missing.get(partitions.get(0));
        }
      }
      return this;
    }

    private void run(MeanRdd means, List<Integer> partitions) {
      Function2<TaskContext, Iterator<MeanPart>, MeanPart> only =
          (Function2<TaskContext, Iterator<MeanPart>, MeanPart> & Serializable)
              (context, part) -> part.next();
      means
          .context()
          .runJob(
              means,
              only,
              JavaConverters.<Object>asScalaBuffer(List.copyOf(partitions)).toList(),
              this::add,
              ClassTag$.MODULE$.apply(MeanPart.class));
    }

    private BoxedUnit add(Object partition, MeanPart part) {
      try {
        for (int index : part.slices()) {
          int count = Slice.length(index, values.length);
          blocks.read(
              index,
              List.of(buffer.clear().limit(count * Float.BYTES)),
              SliceBlocks.Fetched.PASS_ON);
          buffer.asFloatBuffer().get(values, index * Slice.LENGTH, count);
        }
      } catch (UserException failure) {
        missing.put((Integer) partition, failure);
        return BoxedUnit.UNIT;
      }
      for (int index : part.slices()) {
        filled += Slice.length(index, values.length);
      }
      reports.addAll(part.reports());
      return BoxedUnit.UNIT;
    }
  }
}
