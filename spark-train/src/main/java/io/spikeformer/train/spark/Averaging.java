package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.train.OuterStep;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.DifferenceCoding;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.worker.ReplicaSpec;
import io.spikeformer.train.spark.worker.TaskLimits;
import io.spikeformer.train.spark.worker.WorkerTask;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What all rounds of a training have in common.
 *
 * @param spark runs the jobs
 * @param spec the workers' replicas
 * @param recipe workers, and which moments are averaged when
 * @param layout how states are cut
 * @param coding of the differences between states; null if values travel
 * @param outer step from the start of a round towards the mean
 */
record Averaging(
    JavaSparkContext spark,
    ReplicaSpec spec,
    Recipe recipe,
    SliceLayout layout,
    DifferenceCoding coding,
    OuterStep outer) {
  /** Group of the jobs on Spark's web page. */
  static final String GROUP = "training";

  private static final int ATTEMPTS = 4;

  int workers() {
    return recipe.averaging().workers();
  }

  /** A state that the driver has, where every task can read it. */
  SharedState shared(TrainingState state) {
    return SharedState.of(spark, layout, coding, state);
  }

  /** The state after a round, still to be formed. */
  SharedState coming(Rounds.Round round, SharedState before) {
    int shared = recipe.averagedVectors(round.finished());
    int averaged = recipe.averagedVectors(round.finished() + 1);
    int elements = before.elements() / shared * averaged;
    return before.following(spark, elements);
  }

  /**
   * Where in the training a round is.
   *
   * @param step optimizer steps before
   */
  WorkerTask.Place place(Rounds.Round round, long step) {
    return new WorkerTask.Place(
        step,
        round.epoch(),
        round.round(),
        recipe.averagedVectors(round.finished()),
        recipe.averagedVectors(round.finished() + 1),
        workers(),
        TaskLimits.maxAttempts(spark));
  }

  /** Forms all slices of a state. */
  List<MeanPart> form(String text, MeanRdd means) {
    return form(text, means, IntStream.range(0, means.getNumPartitions()).boxed().toList());
  }

  /** Forms some slices of a state. */
  List<MeanPart> form(String text, MeanRdd means, List<Integer> slices) {
    return JobDescription.during(spark, GROUP, text, () -> MeanJob.run(means, slices));
  }

  /**
   * The workers' reports behind a mean.
   *
   * @param parts all slices
   */
  List<WorkerReport> reports(List<MeanPart> parts) {
    List<WorkerReport> reports = parts.stream().flatMap(part -> part.reports().stream()).toList();
    long formed = parts.stream().filter(MeanPart::formed).count();
    boolean failed = reports.stream().anyMatch(WorkerReport::failed);
    if (reports.size() != workers() || (!failed && formed != parts.size())) {
      throw new IllegalStateException(
          Text.format(
              "round: expected %s workers and %s slices, found %s and %s",
              workers(), parts.size(), reports.size(), formed));
    }
    return reports;
  }

  /**
   * Whether work of a round is not tried again.
   *
   * @param attempt from 1
   */
  static boolean isFinal(Exception failure, int attempt) {
    return attempt == ATTEMPTS || !MissingSliceException.isBehind(failure);
  }

  /**
   * Lets rounds that are run again go on.
   *
   * @throws UserException with the reason of a worker that cannot
   */
  static void requireTrained(List<WorkerReport> reports) {
    for (WorkerReport report : reports) {
      if (report.failed()) {
        throw new UserException(report.failure());
      }
    }
  }

  /** Gives up a state that was not formed. */
  void discard(SharedState next, MeanRdd means) {
    removeShuffles(means);
    next.destroy();
  }

  /** Removes what the workers have sent to a mean; null for none. */
  void removeShuffles(MeanRdd means) {
    if (means != null && !spark.sc().isStopped()) {
      Broadcasts.removeShuffles(means);
    }
  }
}
