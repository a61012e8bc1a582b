package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.spark.averaging.WorkerReport;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** The rounds of a training, one after the other. */
interface Rounds extends AutoCloseable {

  /**
   * A round of a training.
   *
   * @param epoch from 0
   * @param round of the epoch, from 0
   * @param finished rounds that are over, since the training began
   * @param steps of the round
   * @param last whether the state is asked for behind it, before the next round
   */
  record Round(int epoch, int round, long finished, int steps, boolean last) {
    /** For the user. */
    String text() {
      return Text.format("epoch %d round %d", epoch + 1, round + 1);
    }
  }

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
      List<ExecutorArithmetic> executors) {

    /**
     * What the workers say together.
     *
     * @param reports in the workers' order
     * @param began when the round began, in nanoseconds
     */
    static Outcome of(List<WorkerReport> reports, long began) {
      TrainingSums sums = TrainingSums.NONE;
      double slowest = 0;
      double waiting = 0;
      List<WorkerReport> failures = new ArrayList<>();
      List<ExecutorArithmetic> executors = new ArrayList<>();
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
      double total = (System.nanoTime() - began) / 1e9;
      return new Outcome(sums, slowest, waiting, total, failures, executors);
    }
  }

  /** Runs the round that follows the last one. */
  Outcome run(Round round);

  /** The state after the last round, as the driver's copy. */
  TrainingState state();

  /**
   * A checkpoint of the state after a round.
   *
   * @param checksums of what the workers keep to themselves, in their order; empty if they keep
   *     nothing
   * @param copy the driver's copy of the state
   */
  record Saved(List<Long> checksums, StateCopy copy) {}

  /**
   * Begins a checkpoint of the state after the last round: writes what the workers keep to
   * themselves into its folder. The driver copies the state in the background of the next round.
   */
  Saved save(Path folder);

  /**
   * Waits until the driver has the state of the last {@link #save}; called after each round.
   * Nothing before that state is needed from then on.
   */
  void settle();

  @Override
  void close();
}
