package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.WorkerMemory;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import io.spikeformer.train.spark.worker.WorkerTask;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds: train the workers, average their states slice by slice on the executors. The mean
 * stays there as the start of the next round. The driver has it only when it asks for it.
 *
 * <p>Once the workers have read the start of a round, each executor has all of it. Slices that are
 * lost before are formed again from what the workers have sent, which Spark trains again where it
 * is lost too. If too many executors are gone for that, the rounds since the last checkpoint whose
 * state the driver has are run again.
 */
final class RoundRunner implements Rounds {

  private static final Logger LOG = LoggerFactory.getLogger(RoundRunner.class);

  private final Averaging averaging;
  private final WorkerMemory memory;

  private final LastSave last;

  private Generation current;

  /** Referred to for a round longer: Spark would remove its blocks a second time at once. */
  private SharedState released;

  /**
   * Rounds of a training.
   *
   * @param memory state that the workers keep from round to round
   * @param start the state that the first round begins with
   */
  RoundRunner(Averaging averaging, WorkerMemory memory, TrainingState start) {
    this.averaging = averaging;
    this.memory = memory;
    this.last = new LastSave(start);
    this.current = ofDriver(start);
  }

  private Generation ofDriver(TrainingState state) {
    return new Generation(state.step(), averaging.shared(state), null, null);
  }

  /**
   * A state between two rounds.
   *
   * @param step optimizer steps before
   * @param state where it is
   * @param means how it was formed; null if it comes from the driver
   * @param before the state before that round, until the next one is over; null if there is none
   */
  private record Generation(long step, SharedState state, MeanRdd means, SharedState before) {
    Generation with(SharedState other) {
      return new Generation(step, other, means, before);
    }
  }

  @Override
  public Outcome run(Round round) {
    long began = System.nanoTime();
    Formed formed = form(round);
    Outcome outcome = Outcome.of(averaging.reports(formed.parts()), began);
    if (outcome.failures().isEmpty()) {
      advance(round, formed);
    } else {
      averaging.discard(formed.next(), formed.means());
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
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        LOG.warn("{}; the round begins again", Failures.describe(failure));
      }
      recover(attempt);
    }
  }

  private Formed formOnce(Round round) {
    SharedState start = current.state();
    SharedState next = averaging.coming(round, start);
    WorkerTask task =
        new WorkerTask(averaging.spec(), start, averaging.place(round, current.step()));
    int workers = averaging.workers();
    JavaPairRDD<Long, Slice> trained =
        memory
            .averaged(memory.newest().mapPartitionsToPair(task), next.slices())
            .setName(ClusterWatch.STATES + workers + " workers");
    MeanRdd means = MeanRdd.of(trained.rdd(), start, next, averaging.outer(), current.step());
    means.setName(ClusterWatch.MEAN);
    String text = Text.format("%s: train %d workers", round.text(), workers);
    try {
      return new Formed(next, means, averaging.form(text, means));
    } catch (Exception failure) {
      averaging.discard(next, means);
      throw failure;
    }
  }

  /** Every worker has read the state that the round began with: what that came from can go. */
  private void advance(Round round, Formed formed) {
    release();
    memory.finish();
    last.add(round);
    SharedState next = formed.next().formed(formed.parts());
    current = new Generation(current.step() + round.steps(), next, formed.means(), current.state());
  }

  private void release() {
    averaging.removeShuffles(current.means());
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
    if (lost.isEmpty() || last.rounds() == 0) {
      runAgain();
      return;
    }
    try {
      String text = "form lost slices of the state again";
      List<MeanPart> parts = averaging.form(text, current.means(), lost);
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
    if (last.attempted()) {
      forgetBefore();
    }
    LOG.warn("{} round(s) since the last checkpoint are run again", last.rounds());
    removeStates();
    memory.restart();
    current = ofDriver(last.state());
    for (Round round : last.takeRounds()) {
      Formed formed = form(round);
      Averaging.requireTrained(averaging.reports(formed.parts()));
      advance(round, formed);
      if (last.isMissing(current.step())) {
        keep(last.folder());
        settle();
      }
    }
  }

  /** What came before the last checkpoint is not needed any more. */
  private void forgetBefore() {
    if (last.settle()) {
      memory.settle();
    }
    if (last.rounds() == 0) {
      averaging.removeShuffles(current.means());
      current = new Generation(current.step(), current.state(), null, current.before());
    }
  }

  @Override
  public TrainingState state() {
    settle();
    return last.copy(current.step(), () -> current.state(), this::recover);
  }

  @Override
  public Saved save(Path folder) {
    settle();
    List<Long> checksums = keep(folder);
    return new Saved(checksums, last.begin(folder, current.state(), current.step()));
  }

  /** Writes what the workers keep, which are trained again if that is lost. */
  private List<Long> keep(Path folder) {
    for (int attempt = 1; ; attempt++) {
      try {
        return memory.save(folder);
      } catch (Exception failure) {
        // Spark throws checked exceptions that no method declares
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        runAgain();
      }
    }
  }

  /** The state lies with the executors until the next round is over. */
  @Override
  public void settle() {
    last.await(step -> step == current.step() ? current.state() : current.before(), this::recover);
    forgetBefore();
  }

  @Override
  public void close() {
    last.giveUp();
    removeStates();
    memory.close();
  }

  private void removeStates() {
    averaging.removeShuffles(current.means());
    if (current.before() != null) {
      current.before().destroy();
    }
    current.state().destroy();
  }
}
