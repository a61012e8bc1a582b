package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.DelayedMean;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.spark.averaging.Correction;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.OwnStates;
import io.spikeformer.train.spark.averaging.SentStates;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import io.spikeformer.train.spark.worker.DelayedTask;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs rounds whose means come one round late: while the workers train a round, the mean of the one
 * before is formed beside them. See {@link DelayedMean} for what that does to the states.
 *
 * <p>With r the newest round that was trained, m(r) the mean of what the workers send behind it:
 * their states follow from what they have trained and {@link #base}, which is m(r-1). {@link #mean}
 * is m(r) where it is formed.
 */
final class DelayedRounds implements Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(DelayedRounds.class);

  private final Averaging averaging;
  private final Schedule schedule;
  private final OwnStates own;
  private final MeanSlots slots;
  private final DelayedMean rule;

  private final LastSave last;

  /** Means since then: a worker's state that is lost is trained again with them. */
  private final List<SharedState> kept = new ArrayList<>();

  /** Referred to for longer: Spark would remove their blocks a second time at once. */
  private final List<SharedState> released = new ArrayList<>();

  private Mean base;
  private Mean mean;
  private Round newest;
  private long step;

  /**
   * Rounds of a training.
   *
   * @param schedule of the training
   * @param own states of the workers
   * @param start the state that the first round begins with
   */
  DelayedRounds(Averaging averaging, Schedule schedule, OwnStates own, TrainingState start) {
    this.averaging = averaging;
    this.schedule = schedule;
    this.own = own;
    this.slots = MeanSlots.of(averaging.spark(), averaging.workers());
    this.rule = DelayedMean.of(averaging.recipe());
    this.last = new LastSave(start);
    begin(start);
  }

  /**
   * A mean.
   *
   * @param step optimizer steps before
   * @param state where it is
   * @param means how it was formed; null if it comes from the driver
   */
  private record Mean(long step, SharedState state, MeanRdd means) {}

  /** A mean that is being formed. */
  private record Coming(long step, String text, SharedState state, MeanRdd means) {}

  private void begin(TrainingState state) {
    step = state.step();
    base = null;
    mean = new Mean(step, averaging.shared(state), null);
    kept.add(mean.state());
  }

  @Override
  public Outcome run(Round round) {
    long began = System.nanoTime();
    List<WorkerReport> reports = train(round);
    if (round.last() && reports.stream().noneMatch(WorkerReport::failed)) {
      requireMean();
    }
    return Outcome.of(reports, began);
  }

  /** Trains a round, again if something that it needs is lost. */
  private List<WorkerReport> train(Round round) {
    for (int attempt = 1; ; attempt++) {
      try {
        return trainOnce(round);
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

  private List<WorkerReport> trainOnce(Round round) {
    SharedState start = (mean == null ? base : mean).state();
    JavaRDD<Slice> trained =
        own.train(
            new DelayedTask(
                averaging.spec(),
                start,
                averaging.place(round, step),
                before(),
                rule,
                factors(round)));
    trained.setName(ClusterWatch.STATES + averaging.workers() + " workers");
    Coming coming = mean == null ? coming() : null;
    String text = Text.format("%s: train %d workers", round.text(), averaging.workers());
    // first, so that it takes the cores that it needs
    TrainingJob job =
        JobDescription.during(
            averaging.spark(), Averaging.GROUP, text, () -> TrainingJob.begin(trained));
    BesideJob<Mean> beside =
        coming == null ? null : BesideJob.begin(averaging.spark(), () -> form(coming));
    List<WorkerReport> reports;
    try {
      reports = job.reports();
    } finally {
      if (beside != null) {
        take(beside, coming);
      }
    }
    if (reports.stream().noneMatch(WorkerReport::failed)) {
      if (mean == null) {
        formMean();
      }
      advance(round);
    }
    return reports;
  }

  /** The way to the workers' states from what a replica may still hold; null if there is none. */
  private DelayedTask.Before before() {
    return own.correction() == null
        ? null
        : new DelayedTask.Before(newest.epoch(), newest.round(), own.correction());
  }

  /** Ends the work beside. Where that has failed, the mean is formed behind the training. */
  private void take(BesideJob<Mean> beside, Coming coming) {
    try {
      take(beside.result());
    } catch (Exception failure) {
      averaging.discard(coming.state(), coming.means());
      if (!averaging.spark().sc().isStopped()) {
        LOG.warn("{}; the mean is formed again", Failures.describe(failure));
      }
    }
  }

  private void advance(Round round) {
    if (base != null) {
      averaging.removeShuffles(base.means());
    }
    own.finish(new Correction(rule, mean.state(), factors(round)));
    base = mean;
    mean = null;
    newest = round;
    step += round.steps();
    last.add(round);
  }

  /** Of the round that follows the newest one. */
  private DelayedMean.Factors factors(Round round) {
    return DelayedMean.Factors.of(
        averaging.recipe().optimizer().toConfig(), schedule, step, round.steps());
  }

  /** The mean of the newest round. */
  private Coming coming() {
    SharedState start = base.state();
    SharedState next = averaging.coming(newest, start);
    Recipe recipe = averaging.recipe();
    SentStates sending =
        new SentStates(
            start,
            next.elements(),
            averaging.workers(),
            recipe.averaging().form() == Transport.BFLOAT16);
    JavaPairRDD<Long, Slice> sent = own.states().mapPartitionsToPair(sending);
    sent.setName(ClusterWatch.MEAN);
    slots.take(sent.rdd());
    MeanRdd means = MeanRdd.of(sent.rdd(), start, next, averaging.outer(), base.step());
    means.setName(ClusterWatch.MEAN);
    slots.take(means);
    return new Coming(step, "mean of " + newest.text(), next, means);
  }

  private Mean form(Coming coming) {
    List<MeanPart> parts = averaging.form(coming.text(), coming.means());
    if (!parts.stream().allMatch(MeanPart::formed)) {
      throw new IllegalStateException(coming.text() + ": expected all slices, found fewer");
    }
    SharedState formed = coming.state().formed(parts);
    slots.bring(formed, own.kept(), coming.text());
    return new Mean(coming.step(), formed, coming.means());
  }

  /** Forms the mean of the newest round while nothing is trained. */
  private void formMean() {
    Coming coming = coming();
    try {
      take(form(coming));
    } catch (Exception failure) {
      averaging.discard(coming.state(), coming.means());
      throw failure;
    }
  }

  private void take(Mean formed) {
    mean = formed;
    kept.add(formed.state());
  }

  private void requireMean() {
    for (int attempt = 1; mean == null; attempt++) {
      try {
        formMean();
      } catch (Exception failure) {
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        recover(attempt);
      }
    }
  }

  /**
   * Gets back what is lost. That is nothing at first sight where the network was down for a while,
   * or where earlier means are missing, from which states of a worker are trained again.
   *
   * @param attempt from 1
   */
  private void recover(int attempt) {
    Mean read = mean == null ? base : mean;
    List<Integer> lost = read.state().unreadable();
    if (lost.isEmpty() && attempt == 1) {
      return;
    }
    if (lost.isEmpty() || read.means() == null) {
      runAgain();
      return;
    }
    try {
      String text = "form lost slices of the mean again";
      formedAgain(read, averaging.form(text, read.means(), lost));
    } catch (Exception failure) {
      if (Averaging.isFinal(failure, attempt)) {
        throw failure;
      }
      LOG.warn("{}; the executors that had it are gone", Failures.describe(failure));
      runAgain();
    }
  }

  private void formedAgain(Mean read, List<MeanPart> parts) {
    Mean again = new Mean(read.step(), read.state().formed(parts), read.means());
    kept.remove(read.state());
    kept.add(again.state());
    if (mean == null) {
      base = again;
      own.formedAgain(again.state());
    } else {
      mean = again;
    }
  }

  /** All rounds since the last checkpoint, each of which may lose something too. */
  private void runAgain() {
    if (last.attempted()) {
      forgetBefore();
    }
    LOG.warn("{} round(s) since the last checkpoint are run again", last.rounds());
    removeMeans();
    own.restart();
    begin(last.state());
    for (Round round : last.takeRounds()) {
      Averaging.requireTrained(train(round));
      if (last.isMissing(step)) {
        keep(last.folder());
        settle();
      }
    }
  }

  /** What came before the last checkpoint is not needed any more. */
  private void forgetBefore() {
    if (last.settle()) {
      own.settle();
    }
  }

  @Override
  public TrainingState state() {
    settle();
    return last.copy(
        step,
        () -> {
          requireMean();
          return mean.state();
        },
        this::recover);
  }

  @Override
  public Saved save(Path folder) {
    settle();
    List<Long> checksums = keep(folder);
    return new Saved(checksums, last.begin(folder, mean.state(), step));
  }

  /** Writes the workers' states, which are trained again where they are lost. */
  private List<Long> keep(Path folder) {
    for (int attempt = 1; ; attempt++) {
      try {
        requireMean();
        List<Long> checksums = own.save(folder);
        release();
        return checksums;
      } catch (Exception failure) {
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        runAgain();
      }
    }
  }

  /** Keeps the newest mean alone. */
  private void release() {
    Mean last = new Mean(mean.step(), mean.state(), null);
    kept.remove(last.state());
    removeMeans();
    kept.add(last.state());
    base = null;
    mean = last;
  }

  private void removeMeans() {
    for (Mean formed : new Mean[] {base, mean}) {
      if (formed != null) {
        averaging.removeShuffles(formed.means());
      }
    }
    released.clear();
    released.addAll(kept);
    kept.forEach(SharedState::destroy);
    kept.clear();
  }

  /** The mean lies with the executors until the next checkpoint. */
  @Override
  public void settle() {
    last.await(
        saved -> (mean != null && mean.step() == saved ? mean : base).state(), this::recover);
    forgetBefore();
  }

  @Override
  public void close() {
    last.giveUp();
    removeMeans();
    own.close();
  }
}
