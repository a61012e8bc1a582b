package io.spikeformer.train.watch;

import io.spikeformer.eval.Markup;
import io.spikeformer.eval.Numbers;
import io.spikeformer.eval.ReportPage;
import io.spikeformer.train.EpochMetrics;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Recipe;
import io.spikeformer.train.RoundMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The state of a training as one HTML page that loads itself again while the training runs: no
 * scripts, nothing from elsewhere, light and dark.
 */
final class StatusPage {
  private static final int EPOCH_ROWS = 12;
  private static final int SECONDS_PER_MINUTE = 60;

  private final Recipe recipe;
  private final String folder;
  private final FiringAlarms alarms;
  private final Duration pause;
  private final RoundHistory history = new RoundHistory();
  private final List<EpochMetrics> epochs = new ArrayList<>();
  private Progress.Plan plan;
  private RoundMetrics latest;
  private Duration remaining;
  private String checkpoint = "";
  private String model = "";
  private String failure = "";

  /**
   * A page of a training that has not begun.
   *
   * @param folder the training's output
   * @param alarms kept up to date by the caller
   * @param pause how long until the page loads itself again
   */
  StatusPage(Recipe recipe, String folder, FiringAlarms alarms, Duration pause) {
    this.recipe = recipe;
    this.folder = folder;
    this.alarms = alarms;
    this.pause = pause;
  }

  void plan(Progress.Plan newPlan) {
    plan = newPlan;
  }

  /** A round of an earlier run of this training. */
  void past(RoundMetrics round) {
    latest = round;
    history.add(round, plan.roundsPerEpoch());
  }

  void round(Progress.Round round) {
    past(round.metrics());
    remaining = round.remaining();
  }

  void epoch(EpochMetrics metrics) {
    epochs.add(metrics);
  }

  void checkpoint(String file) {
    checkpoint = file;
  }

  void finished(String newModel) {
    model = newModel;
  }

  void stopped(String message) {
    failure = message;
  }

  private boolean running() {
    return model.isEmpty() && failure.isEmpty();
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
    page.style(ReportPage.styleSheet() + styleSheet()).close();
    page.open("body").open("main");
    heading(page, title);
    tiles(page);
    alarms(page);
    if (latest != null) {
      new LearningCharts(page, history.points(), epochs, latest).draw();
      activity(page);
    }
    epochTable(page);
    recipe(page);
    page.close().close().close();
    return page.toString();
  }

  private double done() {
    if (latest == null) {
      return 0;
    }
    double rounds = (latest.place().epoch() - 1.0) * plan.roundsPerEpoch() + latest.place().round();
    return rounds / ((double) plan.epochs() * plan.roundsPerEpoch());
  }

  private String percent() {
    return Numbers.percent(done(), 1);
  }

  private void heading(Markup page, String title) {
    page.open("header").element("h1", title);
    page.element("p", folder, "class", "lead");
    page.element("p", state(), "class", failure.isEmpty() ? "state" : "state stopped");
    page.open("div", "class", "bar-track", "role", "img", "aria-label", percent() + " done");
    String width = String.format(Locale.ROOT, "width: %.2f%%", 100 * done());
    page.open("div", "class", "bar-done", "style", width).close().close();
    page.close();
  }

  private String state() {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String written = "written at " + now.replace('T', ' ').replace("Z", " UTC");
    if (!failure.isEmpty()) {
      return "Stopped: " + failure + "; " + written;
    }
    if (!model.isEmpty()) {
      return "Finished: " + model + "; " + written;
    }
    return "Running, "
        + written
        + "; the page loads itself again every "
        + pause.toSeconds()
        + " s";
  }

  private void tiles(Markup page) {
    page.open("section", "class", "tiles", "aria-label", "Headline figures");
    String place = latest == null ? "none yet" : latest.place().epoch() + " of " + plan.epochs();
    String round =
        latest == null
            ? ""
            : "round %d of %d, step %s"
                .formatted(
                    latest.place().round(),
                    plan.roundsPerEpoch(),
                    Numbers.count(latest.place().step()));
    tile(page, "Epoch", place, round);
    tile(page, "Time left", timeLeft(), "without validation and checkpoints");
    if (latest != null) {
      tile(
          page,
          "Training loss",
          Numbers.decimals(latest.loss(), 4),
          "top-1 " + Numbers.percent(latest.accuracy(), 1) + " in the latest round");
    }
    validationTile(page);
    if (latest != null) {
      tile(
          page,
          "Images/s",
          Numbers.significant(latest.imagesPerSecond()),
          "%d worker(s) with %d thread(s) each".formatted(plan.workers(), plan.threads()));
      tile(
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
    long minutes = remaining.toMinutes();
    return minutes >= SECONDS_PER_MINUTE
        ? "%d h %02d min".formatted(minutes / SECONDS_PER_MINUTE, minutes % SECONDS_PER_MINUTE)
        : "%d min %02d s".formatted(minutes, remaining.toSecondsPart());
  }

  private void validationTile(Markup page) {
    EpochMetrics best = null;
    EpochMetrics last = null;
    for (EpochMetrics epoch : epochs) {
      if (epoch.validation() != null) {
        last = epoch;
        best = best == null || epoch.validation().top1() > best.validation().top1() ? epoch : best;
      }
    }
    if (last != null) {
      tile(
          page,
          "Validation top-1",
          Numbers.percent(last.validation().top1()),
          "best %s after epoch %d"
              .formatted(Numbers.percent(best.validation().top1()), best.epoch()));
    }
  }

  private static void tile(Markup page, String label, String value, String note) {
    page.open("div", "class", "tile");
    page.element("p", label, "class", "tile-label");
    page.element("p", value, "class", "tile-value");
    page.element("p", note, "class", "tile-note");
    page.close();
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
          "%s is %s: rate %s, since %s"
              .formatted(
                  alarm.layer(),
                  alarm.kind().label(),
                  Numbers.decimals(alarm.rate(), 6),
                  FiringAlarms.place(alarm.since())));
    }
    page.close();
    page.open("details").element("summary", "What began and ended, newest first");
    page.open("ul");
    for (FiringAlarms.Event event : events) {
      page.element("li", event.text(), "class", event.begins() ? "begun" : "over");
    }
    page.close().close().close();
  }

  private void activity(Markup page) {
    ActivityCharts charts = new ActivityCharts(page, history.points());
    page.open("section").element("h2", "Firing rate of every block");
    page.element(
        "p",
        "Spikes per neuron and timestep over the epochs, on a square-root scale; right: the latest.",
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

  private void epochTable(Markup page) {
    if (epochs.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Epochs");
    page.open("table").open("thead").open("tr");
    List.of("epoch", "train loss", "train top-1", "val. loss", "val. top-1", "images/s", "seconds")
        .forEach(name -> page.element("th", name, "class", "number"));
    page.close().close().open("tbody");
    int first = Math.max(0, epochs.size() - EPOCH_ROWS);
    for (int i = epochs.size() - 1; i >= first; i--) {
      EpochMetrics epoch = epochs.get(i);
      EpochMetrics.Validation validation = epoch.validation();
      EpochMetrics.Seconds seconds = epoch.seconds();
      page.open("tr");
      List.of(
              "" + epoch.epoch(),
              Numbers.decimals(epoch.trainLoss(), 4),
              Numbers.percent(epoch.trainAccuracy()),
              validation == null ? "" : Numbers.decimals(validation.loss(), 4),
              validation == null ? "" : Numbers.percent(validation.top1()),
              Numbers.significant(epoch.imagesPerSecond()),
              Numbers.decimals(
                  seconds.compute()
                      + seconds.averaging()
                      + seconds.validation()
                      + seconds.checkpoint(),
                  1))
          .forEach(text -> page.element("td", text, "class", "number"));
      page.close();
    }
    page.close().close();
    page.element(
        "p", epochs.size() + " finished; all of them are in metrics.jsonl", "class", "note");
    page.close();
  }

  private void recipe(Markup page) {
    page.open("section").element("h2", "Recipe and checkpoint");
    page.element(
        "p",
        "Last checkpoint: " + (checkpoint.isEmpty() ? "none yet" : checkpoint),
        "class",
        "lead");
    page.open("details").element("summary", "The whole recipe");
    page.element("pre", recipe.toYaml()).close().close();
  }

  private static String styleSheet() {
    try (InputStream in = StatusPage.class.getResourceAsStream("status.css")) {
      return new String(
          Objects.requireNonNull(in, "status.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
