package io.spikeformer.train.spark;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.EpochTotals;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.Task;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.FiringLimits;
import io.spikeformer.train.Progress;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.averaging.WorkerReport;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Rounds, validation, checkpoints and metrics from a starting point to the last epoch's end. */
final class EpochLoop {
  private final Recipe recipe;
  private final Task task;
  private final EpochPlan plan;
  private final Schedule schedule;
  private final Rounds rounds;
  private final FiringLimits limits;
  private final Validator validator;
  private final Records records;
  private final Checkpoints checkpoints;
  private final ArithmeticGuard arithmetic;
  private final ClusterWatch cluster;
  private final List<EpochMetrics> history;
  private TrainingPosition position;
  private double roundSeconds;
  private long stepsRun;
  private double unreportedCheckpointSeconds;

  EpochLoop(
      Recipe recipe,
      EpochPlan plan,
      Rounds rounds,
      Validator validator,
      Records records,
      ArithmeticGuard arithmetic,
      ClusterWatch cluster,
      StartingPoint start) {
    this.recipe = recipe;
    this.task = recipe.toTask();
    this.plan = plan;
    this.schedule = recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
    this.rounds = rounds;
    this.limits = FiringLimits.of(recipe);
    this.validator = validator;
    this.records = records;
    this.arithmetic = arithmetic;
    this.cluster = cluster;
    this.history = new ArrayList<>(start.history());
    this.position = start.position();
    this.checkpoints = new Checkpoints(rounds, records, start.file());
  }

  TrainingResult run() {
    try (checkpoints) {
      return train();
    }
  }

  private TrainingResult train() {
    records.writeMetrics(history);
    while (position.epoch() < plan.length().epochs()) {
      int ofEpoch = plan.length().roundsOf(position.epoch());
      while (position.round() < ofEpoch) {
        trainRound();
        if (position.round() < ofEpoch && isSaved(position.round())) {
          save();
        }
      }
      finishEpoch();
    }
    return records.finish(
        run(afterRound(), rounds::state), position, history, arithmetic.current());
  }

  /** Whether a checkpoint follows so many rounds of an epoch. */
  private boolean isSaved(int rounds) {
    int every = recipe.checkpoint().everyRounds();
    return every > 0 && rounds % every == 0;
  }

  private void trainRound() {
    int steps = plan.length().steps(position.epoch(), position.round());
    int number = position.round() + 1;
    boolean last = number == roundsOfEpoch() || isSaved(number);
    Rounds.Round round =
        new Rounds.Round(position.epoch(), position.round(), roundsBefore(), steps, last);
    Rounds.Outcome outcome = run(inRound(), () -> rounds.run(round));
    if (!outcome.failures().isEmpty()) {
      throw stopped(outcome.failures().get(0));
    }
    requireSameArithmetic(outcome);
    long step = position.step() + steps;
    EpochTotals before = position.totals();
    EpochTotals totals =
        new EpochTotals(
            before.training().plus(outcome.sums().tally()),
            before.computeSeconds() + outcome.computeSeconds(),
            before.averagingSeconds() + outcome.totalSeconds() - outcome.computeSeconds(),
            before.checkpointSeconds());
    position = new TrainingPosition(position.epoch(), position.round() + 1, step, totals);
    roundSeconds += outcome.totalSeconds();
    stepsRun += steps;
    waitForLast(checkpoints::settle);
    records
        .progress()
        .roundFinished(new Progress.Round(metrics(outcome), roundsOfEpoch(), remaining()));
  }

  /** An executor that has come in the meantime may be of another kind. */
  private void requireSameArithmetic(Rounds.Outcome outcome) {
    try {
      outcome.executors().forEach(arithmetic::require);
    } catch (UserException other) {
      throw new UserException(
          other,
          "training stopped %s: %s; last good checkpoint: %s; continue with --resume",
          inRound(),
          other.getMessage(),
          checkpoints.lastGood());
    }
  }

  /** The round that has just moved the position. */
  private RoundMetrics metrics(Rounds.Outcome outcome) {
    RoundMetrics.Seconds seconds =
        new RoundMetrics.Seconds(
            outcome.computeSeconds() - outcome.dataSeconds(),
            outcome.dataSeconds(),
            outcome.totalSeconds() - outcome.computeSeconds(),
            unreportedCheckpointSeconds);
    unreportedCheckpointSeconds = 0;
    return RoundMetrics.of(
        task,
        new RoundMetrics.Place(
            position.epoch() + 1,
            position.round(),
            position.step(),
            plan.length().steps(position.epoch(), position.round() - 1)),
        outcome.sums(),
        schedule.rate(position.step() - 1),
        limits,
        seconds);
  }

  /** Finished rounds since the training began. */
  private long roundsBefore() {
    return plan.length().roundsBefore(position.epoch()) + position.round();
  }

  /** Rounds of the epoch that the position is in. */
  private int roundsOfEpoch() {
    return plan.length().roundsOf(position.epoch());
  }

  private Duration remaining() {
    long left = plan.length().steps() - position.step();
    return Duration.ofMillis((long) (1000 * left * roundSeconds / stepsRun));
  }

  private UserException stopped(WorkerReport report) {
    return new UserException(
        "training stopped %s, worker %s: %s; last good checkpoint: %s",
        inRound(), report.worker(), report.failure(), checkpoints.lastGood());
  }

  /** The round that comes next. */
  private String inRound() {
    return Text.format("in epoch %d, round %d", position.epoch() + 1, position.round() + 1);
  }

  /** The round before, which may be the last one of its epoch. */
  private String afterRound() {
    return position.round() == 0
        ? Text.format(
            "after epoch %d, round %d",
            position.epoch(), plan.length().roundsOf(position.epoch() - 1))
        : Text.format("after epoch %d, round %d", position.epoch() + 1, position.round());
  }

  /**
   * Does what runs on Spark, whose failures are checked exceptions that no method declares: of a
   * job that was given up, of the driver's local disk.
   *
   * @param place where in the training that is
   */
  private <T> T run(String place, Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception failure) {
      Optional<String> gone = cluster.gone();
      if (gone.isEmpty() && failure instanceof RuntimeException own) {
        throw own;
      }
      throw new UserException(
          failure,
          "training stopped %s: %s; last good checkpoint: %s; continue with --resume",
          place,
          gone.orElseGet(() -> Failures.describe(failure)),
          checkpoints.lastGood());
    }
  }

  private void finishEpoch() {
    waitForLast(checkpoints::finish);
    long began = System.nanoTime();
    EpochMetrics.Validation validation =
        run(
            afterRound(),
            () ->
                validator.validate(
                    records.snapshots().model(rounds.state()), position.epoch() + 1));
    double validationSeconds = seconds(began);
    EpochTotals totals = position.totals();
    TrainingTally training = totals.training();
    double trainingSeconds = totals.computeSeconds() + totals.averagingSeconds();
    EpochMetrics metrics =
        new EpochMetrics(
            task.id(),
            position.epoch() + 1,
            roundsOfEpoch(),
            position.step(),
            schedule.rate(position.step() - 1),
            training.loss(),
            training.parts(),
            task.trainingFigure(training.hits(), training.counted()),
            validation,
            training.samples() / trainingSeconds,
            new EpochMetrics.Seconds(
                totals.computeSeconds(),
                totals.averagingSeconds(),
                validationSeconds,
                totals.checkpointSeconds()));
    history.add(metrics);
    records.progress().epochMeasured(metrics);
    position = new TrainingPosition(position.epoch() + 1, 0, position.step(), EpochTotals.EMPTY);
    save();
    waitForLast(checkpoints::finish);
    records.writeMetrics(history);
    records.progress().epochFinished(metrics);
  }

  /** Begins a checkpoint, after the end of the one before. */
  private void save() {
    waitForLast(checkpoints::finish);
    waitFor(() -> checkpoints.begin(afterRound(), position, history, arithmetic.current()));
  }

  /** Waits for the checkpoint that is being written, if one is. */
  private void waitForLast(Runnable work) {
    if (checkpoints.isWriting()) {
      waitFor(work);
    }
  }

  /** Waits for checkpoints; the time counts for the metrics line that comes next. */
  private void waitFor(Runnable work) {
    long began = System.nanoTime();
    String place = checkpoints.place(afterRound());
    try {
      run(
          place,
          () -> {
            work.run();
            return place;
          });
    } catch (StorageException failure) {
      throw new UserException(
          failure,
          "training stopped %s: %s; last good checkpoint: %s; make room or mend the storage, then"
              + " continue with --resume",
          place,
          failure.getMessage(),
          checkpoints.lastGood());
    }
    unreportedCheckpointSeconds += seconds(began);
    position =
        new TrainingPosition(
            position.epoch(),
            position.round(),
            position.step(),
            position.totals().plusCheckpointSeconds(seconds(began)));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
