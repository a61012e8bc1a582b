package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.train.OuterStep;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.averaging.WorkerMemory;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.spark.worker.TaskLimits;
import io.spikeformer.train.spark.worker.WorkerTask;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds: train the workers, average their states slice by slice on the executors. The mean
 * stays there as the start of the next round. The driver has it only when it asks for it.
 *
 * <p>Once the workers have read the start of a round, each executor has all of it. Slices that are
 * lost before are formed again from what the workers have sent, which Spark trains again where it
 * is lost too. If too many executors are gone for that, the rounds since the driver's last copy are
 * run again.
 */
final class RoundRunner implements AutoCloseable {
  private static final String GROUP = "training";
  private static final int ATTEMPTS = 4;

  private static final Logger LOG = LoggerFactory.getLogger(RoundRunner.class);

  private final JavaSparkContext spark;
  private final ReplicaSpec spec;
  private final Recipe recipe;
  private final int workers;
  private final SliceLayout layout;
  private final OuterStep outer;
  private final WorkerMemory memory;

  /** What the last checkpoint holds, and the rounds since. */
  private TrainingState saved;

  private final List<Round> since = new ArrayList<>();

  /** The driver's last copy. */
  private TrainingState copied;

  private Generation current;

  /** Referred to for a round longer: Spark would remove its blocks a second time at once. */
  private SharedState released;

  /**
   * Rounds of a training.
   *
   * @param recipe workers, and which moments are averaged when
   * @param layout how states are cut
   * @param outer step from the start of a round towards the mean
   * @param memory state that the workers keep from round to round
   * @param start the state that the first round begins with
   */
  RoundRunner(
      JavaSparkContext spark,
      ReplicaSpec spec,
      Recipe recipe,
      SliceLayout layout,
      OuterStep outer,
      WorkerMemory memory,
      TrainingState start) {
    this.spark = spark;
    this.spec = spec;
    this.recipe = recipe;
    this.workers = recipe.averaging().workers();
    this.layout = layout;
    this.outer = outer;
    this.memory = memory;
    this.saved = start;
    this.copied = start;
    this.current = ofDriver(start);
  }

  private Generation ofDriver(TrainingState state) {
    return new Generation(state.step(), SharedState.of(spark, layout, state), null, null);
  }

  /**
   * A state between two rounds.
   *
   * @param step optimizer steps before
   * @param state where it is
   * @param means how it was formed; null if it comes from the driver
   * @param before the state before that round, until the next one is over; else null
   */
  private record Generation(long step, SharedState state, MeanRdd means, SharedState before) {
    Generation with(SharedState other) {
      return new Generation(step, other, means, before);
    }
  }

  /**
   * A round of a training.
   *
   * @param epoch from 0
   * @param round of the epoch, from 0
   * @param finished rounds that are over, since the training began
   * @param steps of the round
   */
  record Round(int epoch, int round, long finished, int steps) {}

  /**
   * Outcome of a round.
   *
   * @param sums over all workers
   * @param computeSeconds of the slowest worker, with its waiting for batches
   * @param dataSeconds that waiting
   * @param totalSeconds of the whole round
   * @param failures reports of workers that cannot go on; then there is no mean
   * @param executors the arithmetic of the workers, in their order
   */
  record Outcome(
      TrainingSums sums,
      double computeSeconds,
      double dataSeconds,
      double totalSeconds,
      List<WorkerReport> failures,
      List<ExecutorArithmetic> executors) {}

  /** Runs the round that follows the last one. */
  Outcome run(Round round) {
    long began = System.nanoTime();
    Formed formed = form(round);
    Outcome outcome = outcome(formed.parts(), began);
    if (outcome.failures().isEmpty()) {
      advance(round, formed);
    } else {
      discard(formed.next(), formed.means());
    }
    return outcome;
  }

  /** The outcome of a round on the executors. */
  private record Formed(SharedState next, MeanRdd means, List<MeanPart> parts) {}

  /** Trains the workers and forms the mean, again if slices of the start are lost. */
  private Formed form(Round round) {
    for (int attempt = 1; ; attempt++) {
      try {
        return formOnce(round);
      } catch (Exception failure) {
        // Spark throws checked exceptions that no method declares
        if (attempt == ATTEMPTS || !MissingSliceException.isBehind(failure)) {
          throw failure;
        }
        LOG.warn("{}; the round begins again", Failures.describe(failure));
      }
      recover(attempt);
    }
  }

  private Formed formOnce(Round round) {
    int shared = recipe.averagedVectors(round.finished());
    int averaged = recipe.averagedVectors(round.finished() + 1);
    SharedState start = current.state();
    int elements = start.elements() / shared * averaged;
    SharedState next = SharedState.coming(spark, layout, elements, start.outerElements());
    WorkerTask.Place place =
        new WorkerTask.Place(
            current.step(),
            round.epoch(),
            round.round(),
            shared,
            averaged,
            workers,
            TaskLimits.maxAttempts(spark));
    JavaPairRDD<Long, Slice> trained =
        memory.newest().mapPartitionsToPair(new WorkerTask(spec, start, place));
    MeanRdd means =
        MeanRdd.of(
            memory
                .averaged(trained, next.slices())
                .setName(ClusterWatch.STATES + workers + " workers")
                .rdd(),
            start,
            next,
            outer);
    means.setName(ClusterWatch.MEAN);
    String text =
        Text.format(
            "epoch %d round %d: train %d workers", round.epoch() + 1, round.round() + 1, workers);
    List<Integer> slices = IntStream.range(0, next.slices()).boxed().toList();
    try {
      return new Formed(next, means, form(text, means, slices));
    } catch (Exception failure) {
      discard(next, means);
      throw failure;
    }
  }

  private void discard(SharedState next, MeanRdd means) {
    removeShuffles(means);
    next.destroy();
  }

  private void removeShuffles(MeanRdd means) {
    if (means != null && !spark.sc().isStopped()) {
      Broadcasts.removeShuffles(means);
    }
  }

  private List<MeanPart> form(String text, MeanRdd means, List<Integer> slices) {
    return JobDescription.during(spark, GROUP, text, () -> MeanJob.run(means, slices));
  }

  /** Every worker has read the state that the round began with: what that came from can go. */
  private void advance(Round round, Formed formed) {
    release();
    memory.finish();
    since.add(round);
    SharedState next = formed.next().formed(formed.parts());
    current = new Generation(current.step() + round.steps(), next, formed.means(), current.state());
  }

  private void release() {
    removeShuffles(current.means());
    if (current.before() != null) {
      memory.release(current.before());
      released = current.before();
    }
  }

  /**
   * Gets back what is lost. That is nothing at first sight where the network was down for a while,
   * or where earlier states are missing, from which moments of a worker are computed again.
   *
   * @param attempt from 1
   */
  private void recover(int attempt) {
    List<Integer> lost = current.state().unreadable();
    if (lost.isEmpty() && attempt == 1) {
      return;
    }
    if (lost.isEmpty() || since.isEmpty()) {
      runAgain();
      return;
    }
    try {
      String text = "form lost slices of the state again";
      List<MeanPart> parts = form(text, current.means(), lost);
      current = current.with(current.state().formed(parts));
    } catch (Exception failure) {
      if (!MissingSliceException.isBehind(failure)) {
        throw failure;
      }
      LOG.warn("{}; the executors that had it are gone", Failures.describe(failure));
      runAgain();
    }
  }

  /** All rounds since the last checkpoint, each of which may lose slices too. */
  private void runAgain() {
    LOG.warn("{} round(s) since the last checkpoint are run again", since.size());
    List<Round> rounds = List.copyOf(since);
    close();
    memory.restart();
    since.clear();
    current = ofDriver(saved);
    for (Round round : rounds) {
      Formed formed = form(round);
      for (WorkerReport failed : outcome(formed.parts(), System.nanoTime()).failures()) {
        throw new UserException(failed.failure());
      }
      advance(round, formed);
    }
  }

  /** The state after the last round, as the driver's copy. */
  TrainingState state() {
    for (int attempt = 1; copied.step() != current.step(); attempt++) {
      try {
        copied = current.state().copy(current.step());
      } catch (MissingSliceException failure) {
        if (attempt == ATTEMPTS) {
          throw failure;
        }
        recover(attempt);
      }
    }
    return copied;
  }

  /**
   * Writes what the workers keep to themselves into the folder of a checkpoint that holds {@link
   * #state()}. Nothing before is needed from now on.
   *
   * @return checksums in the workers' order; empty if nothing is kept
   */
  List<Long> save(Path folder) {
    for (int attempt = 1; ; attempt++) {
      try {
        List<Long> checksums = memory.save(folder);
        saved = state();
        since.clear();
        release();
        current = new Generation(current.step(), current.state(), null, null);
        return checksums;
      } catch (Exception failure) {
        // Spark throws checked exceptions that no method declares
        if (attempt == ATTEMPTS || !MissingSliceException.isBehind(failure)) {
          throw failure;
        }
        runAgain();
      }
    }
  }

  @Override
  public void close() {
    removeShuffles(current.means());
    if (current.before() != null) {
      current.before().destroy();
    }
    current.state().destroy();
  }

  private Outcome outcome(List<MeanPart> parts, long began) {
    TrainingSums sums = TrainingSums.NONE;
    double slowest = 0;
    double waiting = 0;
    List<WorkerReport> failures = new ArrayList<>();
    List<ExecutorArithmetic> executors = new ArrayList<>();
    List<WorkerReport> reports = parts.stream().flatMap(part -> part.reports().stream()).toList();
    for (WorkerReport report : reports) {
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
    long formed = parts.stream().filter(MeanPart::formed).count();
    if (reports.size() != workers || (failures.isEmpty() && formed != parts.size())) {
      throw new IllegalStateException(
          Text.format(
              "round: expected %s workers and %s slices, found %s and %s",
              workers, parts.size(), reports.size(), formed));
    }
    double total = (System.nanoTime() - began) / 1e9;
    return new Outcome(sums, slowest, waiting, total, failures, executors);
  }
}
