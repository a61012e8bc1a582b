package io.spikeformer.train.watch;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.ReportPage;
import io.spikeformer.tasks.Figure;
import io.spikeformer.train.Progress;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The state of a training as one HTML page that loads itself again while the training runs: nothing
 * from elsewhere, light and dark. A few lines of script compare the time of the last writing with
 * the clock, so that the page of a process that was killed does not look like that of one that
 * runs.
 */
final class StatusPage {
  /** After so many times that the page was not written, its process shows no sign of life. */
  private static final int MISSED = 3;

  private static final Duration SLACK = Duration.ofSeconds(5);

  private final Recipe recipe;
  private final String folder;
  private final RunFacts facts;
  private final String continued;
  private final FiringAlarms alarms;
  private final Duration pause;
  private final RoundHistory history = new RoundHistory();
  private final List<EpochMetrics> epochs = new ArrayList<>();
  private Progress.Plan plan;
  private RoundMetrics latest;
  private Duration remaining;
  private Duration earlierRounds = Duration.ZERO;
  private Instant ended;
  private Progress.Saved checkpoint;
  private Progress.Saved model = new Progress.Saved("", "");
  private final List<String> news = new ArrayList<>();
  private Progress.Pulse pulse;
  private String failure = "";

  /**
   * A page of a training that has not begun.
   *
   * @param folder the training's output
   * @param facts what is known of this run
   * @param continued the checkpoint that it continues from; empty if it begins afresh
   * @param alarms kept up to date by the caller
   * @param pause after which the page is written and loads itself again
   */
  StatusPage(
      Recipe recipe,
      String folder,
      RunFacts facts,
      String continued,
      FiringAlarms alarms,
      Duration pause) {
    this.recipe = recipe;
    this.folder = folder;
    this.facts = facts;
    this.continued = continued;
    this.alarms = alarms;
    this.pause = pause;
    this.checkpoint = new Progress.Saved(continued, "");
  }

  void plan(Progress.Plan newPlan) {
    plan = newPlan;
  }

  /** A round of an earlier run of this training. */
  void past(RoundMetrics round) {
    RoundMetrics.Seconds seconds = round.seconds();
    earlierRounds =
        earlierRounds.plusMillis((long) (1000 * (seconds.round() + seconds.checkpoint())));
    add(round);
  }

  void round(Progress.Round round) {
    pulse = null;
    add(round.metrics());
    remaining = round.remaining();
  }

  private void add(RoundMetrics round) {
    latest = round;
    history.add(round, plan.length().steps(round.place().epoch() - 1, round.place().round() - 1));
  }

  void epoch(EpochMetrics metrics) {
    epochs.add(metrics);
  }

  void checkpoint(Progress.Saved newest) {
    checkpoint = newest;
  }

  void pulse(Progress.Pulse latestPulse) {
    pulse = latestPulse;
  }

  /** Something about the executors, with its time. */
  void news(String message) {
    news.add(TimeText.print(Instant.now()) + ": " + message);
  }

  void finished(Progress.Saved finished) {
    model = finished;
    ended = Instant.now();
  }

  void stopped(String message) {
    failure = message;
    ended = Instant.now();
  }

  private boolean running() {
    return ended == null;
  }

  /** The page as text in UTF-8. */
  String render() {
    Markup page = new Markup();
    String title =
        "Training of " + recipe.model().preset() + ", T = " + recipe.model().toConfig().timesteps();
    page.declaration("DOCTYPE html");
    page.open("html", "lang", "en").open("head");
    page.single("meta", "charset", "utf-8");
    page.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.single("meta", "name", "color-scheme", "content", "light dark");
    if (running()) {
      page.single("meta", "http-equiv", "refresh", "content", "" + pause.toSeconds());
    }
    page.element("title", percent() + " " + title);
    page.style(ReportPage.styleSheet() + resource("status.css")).close();
    page.open("body").open("main");
    heading(page, title);
    tiles(page);
    alarms(page);
    if (latest != null) {
      new LearningCharts(page, history.points(), epochs, latest, plan.length().stepsPerEpoch())
          .draw();
      activity(page);
    }
    StatusTables tables = new StatusTables(page);
    tables.epochs(epochs);
    tables.cluster(news);
    tables.run(facts, continued, checkpoint, model, recipe);
    page.close();
    if (running()) {
      page.script(resource("status.js"));
    }
    page.close().close();
    return page.toString();
  }

  private double done() {
    if (latest == null) {
      return 0;
    }
    return latest.place().step() / (double) plan.length().steps();
  }

  private String percent() {
    return Numbers.percent(done(), 1);
  }

  private void heading(Markup page, String title) {
    page.open("header").element("h1", title);
    page.element("p", folder, "class", "lead");
    state(page);
    if (running() && pulse != null) {
      page.element("p", pulse.text(), "id", "pulse", "class", "note");
    }
    page.open("div", "class", "bar-track", "role", "img", "aria-label", percent() + " done");
    String width = Text.format("width: %.2f%%", 100 * done());
    page.open("div", "class", "bar-done", "style", width).close().close();
    page.close();
  }

  private void state(Markup page) {
    Instant now = Instant.now();
    String style = failure.isEmpty() ? "state" : "state stopped";
    long silentAfter = pause.multipliedBy(MISSED).plus(SLACK).toSeconds();
    page.open("p", "id", "state", "class", style, "data-silent-after", "" + silentAfter);
    page.text(
        running()
            ? "Running, written at "
            : failure.isEmpty()
                ? "Finished: " + model.location() + "; written at "
                : "Stopped: " + failure + "; written at ");
    page.element("time", TimeText.print(now), "id", "written", "datetime", now.toString());
    if (running()) {
      page.text(
          "; the page is written and loads itself again every "
              + pause.toSeconds()
              + " s as long as its process lives");
    }
    page.close();
    if (running()) {
      String advice =
          Text.format(
              "Process %s on %s was killed, hangs or cannot write here. train --resume continues.",
              facts.process(), facts.host());
      page.open(
          "p", "id", "silence", "class", "state stopped", "data-advice", advice, "hidden", "");
      page.close();
    }
  }

  private void tiles(Markup page) {
    page.open("section", "class", "tiles", "aria-label", "Headline figures");
    String place =
        latest == null ? "none yet" : latest.place().epoch() + " of " + plan.length().epochs();
    String round =
        latest == null
            ? ""
            : Text.format(
                "round %s of %s, of %s steps, to step %s",
                latest.place().round(),
                plan.length().roundsOf(latest.place().epoch() - 1),
                plan.length().steps(latest.place().epoch() - 1, latest.place().round() - 1),
                Numbers.count(latest.place().step()));
    ReportPage.tile(page, "Epoch", place, round);
    String earlier =
        earlierRounds.isZero()
            ? "since this run began"
            : "and " + TimeText.print(earlierRounds) + " in rounds of earlier runs";
    Duration elapsed = Duration.between(facts.began(), running() ? Instant.now() : ended);
    ReportPage.tile(page, "Elapsed", TimeText.print(elapsed), earlier);
    ReportPage.tile(page, "Time left", timeLeft(), "without validation and checkpoints");
    if (latest != null) {
      ReportPage.tile(
          page,
          "Training loss",
          Numbers.decimals(latest.loss(), 4),
          latest.figure().brief() + " " + latest.figure().text() + " in the latest round");
    }
    validationTile(page);
    if (latest != null) {
      ReportPage.tile(
          page,
          "Images/s",
          Numbers.significant(latest.imagesPerSecond()),
          Text.format("%s worker(s) with %s thread(s) each", plan.workers(), plan.threads()));
      ReportPage.tile(
          page,
          "Learning rate",
          LearningCharts.rate(latest.learningRate()),
          recipe.optimizer().name() + ", " + recipe.schedule().decay());
    }
    page.close();
  }

  private String timeLeft() {
    if (!running()) {
      return "-";
    }
    if (remaining == null) {
      return "unknown";
    }
    return TimeText.print(remaining);
  }

  private static Figure primary(EpochMetrics epoch) {
    return epoch.validation().primary();
  }

  private void validationTile(Markup page) {
    EpochMetrics best = null;
    EpochMetrics last = null;
    for (EpochMetrics epoch : epochs) {
      if (epoch.validation() != null) {
        last = epoch;
        best = best == null || primary(epoch).beats(primary(best)) ? epoch : best;
      }
    }
    if (last != null) {
      ReportPage.tile(
          page,
          "Validation " + primary(last).brief(),
          primary(last).text(),
          Text.format("best %s after epoch %s", primary(best).text(), best.epoch()));
    }
  }

  private void alarms(Markup page) {
    List<FiringAlarms.Event> events = alarms.events();
    if (events.isEmpty()) {
      return;
    }
    page.open("section");
    page.element("h2", "Alarms: " + alarms.present().size() + " layer(s) at present");
    page.open("ul", "class", "notes alarms");
    for (FiringAlarms.Alarm alarm : alarms.present()) {
      page.element(
          "li",
          Text.format(
              "%s is %s: rate %s, since %s",
              alarm.layer(),
              alarm.kind().label(),
              Numbers.decimals(alarm.rate(), 6),
              FiringAlarms.place(alarm.since())));
    }
    page.close();
    page.open("details").element("summary", "Alarms that began or ended, newest first");
    page.open("ul");
    for (FiringAlarms.Event event : events) {
      page.element("li", event.text(), "class", event.begins() ? "begun" : "over");
    }
    page.close().close().close();
  }

  private void activity(Markup page) {
    int mostFired = recipe.model().toConfig().neuron().mostFired();
    ActivityCharts charts = new ActivityCharts(page, history.points(), alarms.present(), mostFired);
    page.open("section").element("h2", "Firing rate of every block");
    page.element(
        "p",
        "Spikes per neuron and timestep over the optimizer steps, on a square-root scale; right: the"
            + " latest. Blocks with silent or saturated layers have an outline.",
        "class",
        "note");
    charts.firing();
    page.close();
    page.open("section").element("h2", "Where the time went");
    page.element(
        "p",
        "Shares of the wall time of rounds and checkpoints: the slowest worker's computing, its"
            + " waiting for batches, averaging, checkpoints.",
        "class",
        "note");
    charts.time();
    page.close();
  }

  private static String resource(String name) {
    try (InputStream in = StatusPage.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
