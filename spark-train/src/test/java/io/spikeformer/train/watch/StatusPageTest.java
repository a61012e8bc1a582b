package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.tasks.classification.Classification;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingLength;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusPageTest {
  private static final Recipe RECIPE = SmallSplit.recipe("schedule.epochs=3");
  private static final Instant BEGAN = Instant.now().minusSeconds(3725);
  private static final RunFacts FACTS =
      new RunFacts(
          BEGAN,
          "node7.example.org",
          4711,
          "hdfs://cluster/shards/train",
          new DataIdentity("33 samples in 3 shards, checksum 1a2b3c4d", null),
          "hdfs://cluster/shards/val");

  private final FiringAlarms alarms = new FiringAlarms(Rounds.LIMITS);
  private final StatusPage page = page("");

  private StatusPage page(String continued) {
    StatusPage made =
        new StatusPage(RECIPE, "runs/<t1>", FACTS, continued, alarms, Duration.ofSeconds(10));
    // two rounds of two steps an epoch, as Rounds reports them
    made.plan(new Progress.Plan(TrainingLength.of(12, 4, step -> 2), 2, 1, 0, 0));
    return made;
  }

  /** After kill -9 nobody writes that it has ended: the page itself compares the times. */
  @Test
  void aRunningPageKnowsWhenItIsTooOld() {
    assertThat(page.render())
        .containsPattern(
            "<p id=\"state\" class=\"state\" data-silent-after=\"35\">Running, written at <time"
                + " id=\"written\" datetime=\"2[0-9T:.-]+Z\">2[0-9: -]+ UTC</time>")
        .contains("every 10 s as long as its process lives")
        .contains("Process 4711 on node7.example.org was killed, hangs or cannot write here.")
        .contains("<script>", "setInterval(look, 1000)", "http-equiv=\"refresh\"")
        .doesNotContain("src=", "<link");
  }

  @Test
  void saysForWhomARoundWaitsAndWhichExecutorsAreGone() {
    assertThat(page.render()).doesNotContain("id=\"pulse\"", "<h2>Cluster</h2>");
    page.pulse(
        new Progress.Pulse(
            "epoch 1 round 8",
            Duration.ofSeconds(45),
            "waiting for worker 2 on node7",
            Progress.Pace.LONGER));
    page.news("executor 3 on node7 is gone; its work runs again");
    assertThat(page.render())
        .contains("epoch 1 round 8: 45 s, waiting for worker 2 on node7</p>")
        .containsPattern(
            "<li>2[0-9: -]+ UTC: executor 3 on node7 is gone; its work runs again</li>");
    page.stopped("killed");
    assertThat(page.render()).doesNotContain("id=\"pulse\"").contains("<h2>Cluster</h2>");
  }

  @Test
  void saysWhereOnWhatAndSinceWhen() {
    assertThat(page.render())
        .contains("runs/&lt;t1&gt;")
        .contains(">" + TimeText.print(BEGAN) + "<")
        .contains("<p class=\"tile-value\">1:02 h</p>", "since this run began")
        .contains("node7.example.org, process 4711")
        .contains("hdfs://cluster/shards/train: 33 samples in 3 shards, checksum 1a2b3c4d")
        .contains("hdfs://cluster/shards/val")
        .contains("none yet");
  }

  @Test
  void whatHasEndedNeedsNoScript() {
    page.round(new Progress.Round(Rounds.round(1), 2, Duration.ofSeconds(90)));
    page.checkpoint(new Progress.Saved("checkpoints/epoch-00001.spkf", "c0ffee"));
    assertThat(page.render()).contains("1:30 min", "checkpoints/epoch-00001.spkf", "c0ffee");
    page.finished(new Progress.Saved("runs/t1/model.spkf", "beef"));
    assertThat(page.render())
        .contains("Finished: runs/t1/model.spkf; written at", "SHA-256 of its state", ">beef<")
        .doesNotContain("<script", "http-equiv=\"refresh\"", "No sign of life");

    StatusPage stopped = page("checkpoints/epoch-00002.spkf");
    stopped.past(Rounds.round(1));
    stopped.stopped("the loss is not finite");
    assertThat(stopped.render())
        .contains("Stopped: the loss is not finite; written at", "Continued from")
        .contains("and 0:02 min in rounds of earlier runs")
        .doesNotContain("<script");
  }

  @Test
  void curvesRunOverOptimizerSteps() {
    for (int i = 1; i <= 4; i++) {
      page.past(Rounds.round(i));
    }
    page.epoch(
        new EpochMetrics(
            "classification",
            1,
            2,
            4,
            0.1,
            1,
            Map.of(),
            Classification.topOne(4, 8),
            new EpochMetrics.Validation(
                8, 1.25, List.of(Classification.topOne(6, 8), Classification.topFive(8, 8))),
            4,
            new EpochMetrics.Seconds(1, 1, 1, 1)));
    assertThat(page.render())
        .contains("Over the optimizer steps, of which an epoch has 4.")
        .contains(">step</text>", "<title>step 4: 1.25</title>", "steps 7 to 8: rate")
        .contains(">Top-1 accuracy<", "<title>step 4: 75.0 %</title>")
        .contains(
            ">Validation top-1<", ">train top-1<", ">val. top-1<", "best 75.00 % after epoch 1")
        .doesNotContain(">epoch</text>");
  }

  @Test
  void partsOfTheLossHaveAChartOfTheirOwn() {
    page.past(Rounds.round(1));
    assertThat(page.render()).doesNotContain("Parts of the loss");
    page.past(Rounds.inParts(2));
    assertThat(page.render())
        .contains(">Parts of the loss<", ">score</text>", ">delta</text>", "curve curve-1");
  }

  @Test
  void epochsWithoutAValidationLossLeaveItOut() {
    page.past(Rounds.round(1));
    page.epoch(
        new EpochMetrics(
            "classification",
            1,
            2,
            4,
            0.1,
            1,
            Map.of(),
            Classification.topOne(4, 8),
            EpochMetrics.Validation.of(
                8, OptionalDouble.empty(), List.of(Classification.topOne(6, 8))),
            4,
            new EpochMetrics.Seconds(1, 1, 1, 1)));
    assertThat(page.render())
        .containsPattern("<td class=\"number\"></td>\\s*<td class=\"number\">75.00 %</td>")
        .doesNotContain("NaN");
  }

  @Test
  void blocksWithSilentLayersAreMarkedAndColoursExplained() {
    page.past(Rounds.round(1, 5, 950));
    alarms.update(Rounds.round(1, 5, 950));
    assertThat(page.render())
        .contains(">stage3.block1, 1 silent, 1 saturated</title>", "class=\"silent\"")
        .contains(">rate</text>", "<title>.05</title>")
        .contains("stage3.block1.q is silent: rate 0.005000, since epoch 1, round 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "de-DE"})
  void digitsAreThoseOfAsciiInEveryLanguage(String language) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      page.round(new Progress.Round(Rounds.round(1, 5, 950), 2, Duration.ofSeconds(90)));
      alarms.update(Rounds.round(1, 5, 950));
      assertThat(page.render()).contains("0.4775").doesNotContainPattern("[\\p{Nd}&&[^0-9]]");
      assertThat(Watch.EVENTS.until(12)).endsWith("-000000000012");
    } finally {
      Locale.setDefault(before);
    }
  }
}
