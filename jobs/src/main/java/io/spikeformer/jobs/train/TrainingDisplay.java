package io.spikeformer.jobs.train;

import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.ConsoleProgress;
import io.spikeformer.tasks.Figure;
import io.spikeformer.train.Progress;
import io.spikeformer.train.TrainingLength;
import io.spikeformer.train.output.EpochMetrics;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a training: a bar of rounds with loss, learning rate and speed, and a line per epoch. */
final class TrainingDisplay implements Progress, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingDisplay.class);
  private static final int SECONDS_PER_MINUTE = 60;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(20);

  private final String task;
  private TrainingLength length;
  private volatile ConsoleProgress console;
  private Duration lastSaid = Duration.ZERO;

  /** A display of a task, for example "training". */
  TrainingDisplay(String task) {
    this.task = task;
  }

  @Override
  public void started(Plan plan) {
    length = plan.length();
    long done = length.roundsBefore(plan.firstEpoch()) + plan.firstRound();
    LOG.info(
        "{}: {} epochs of {} steps, {} worker(s) with {} thread(s) each{}",
        task,
        length.epochs(),
        length.stepsPerEpoch(),
        plan.workers(),
        plan.threads(),
        done > 0
            ? ", resuming after epoch " + plan.firstEpoch() + ", round " + plan.firstRound()
            : "");
    console = ConsoleProgress.start(task, " rounds", length.rounds(), done);
  }

  @Override
  public void roundFinished(Round round) {
    long seconds = round.remaining().toSeconds();
    console.update(
        length.roundsBefore(round.epoch() - 1) + round.round(),
        Text.format(
            "loss %.3f, lr %.1e, %.0f images/s, %d:%02d left",
            round.metrics().loss(),
            round.metrics().learningRate(),
            round.metrics().imagesPerSecond(),
            seconds / SECONDS_PER_MINUTE,
            seconds % SECONDS_PER_MINUTE));
  }

  @Override
  public void epochFinished(EpochMetrics metrics) {
    console.line(task + ": " + describe(metrics));
  }

  @Override
  public void pulse(Pulse pulse) {
    ConsoleProgress shown = console;
    if (shown != null && (shown.isBar() || pulse.pace() == Pace.LONGER)) {
      shown.state(pulse.text());
    } else if (shown == null && !isSoonAfterTheLast(pulse.elapsed())) {
      // before the first round, as while no executor comes
      lastSaid = pulse.elapsed();
      LOG.info("{}: {}", task, pulse.text());
    }
  }

  private boolean isSoonAfterTheLast(Duration elapsed) {
    return !lastSaid.isZero() && elapsed.minus(lastSaid).compareTo(BETWEEN_LINES) < 0;
  }

  @Override
  public void cluster(String message) {
    LOG.warn("{}: {}", task, message);
  }

  @Override
  public void note(String message) {
    LOG.info("{}", message);
  }

  @Override
  public void warning(String message) {
    LOG.warn("{}", message);
  }

  /** One line about an epoch. */
  static String describe(EpochMetrics metrics) {
    String validation =
        metrics.validation() == null
            ? ""
            : Text.format(
                ", validation %s%s",
                metrics.validation().loss() == null
                    ? ""
                    : Text.format("loss %.4f, ", metrics.validation().loss()),
                text(metrics.validation().primary()));
    return Text.format(
        "epoch %d: loss %.4f, %s%s, %.1f images/s",
        metrics.epoch(),
        metrics.trainLoss(),
        text(metrics.trainFigure()),
        validation,
        metrics.imagesPerSecond());
  }

  private static String text(Figure figure) {
    return figure.brief() + " " + figure.text();
  }

  @Override
  public void close() {
    if (console != null) {
      console.close();
    }
  }
}
