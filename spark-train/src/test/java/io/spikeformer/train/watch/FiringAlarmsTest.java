package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.train.FiringLimits;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.recipe.WatchSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FiringAlarmsTest {
  private final FiringAlarms alarms = new FiringAlarms(Rounds.LIMITS);

  @Test
  void aLayerIsNamedOnceWhenItBeginsAndOnceWhenItEnds() {
    assertThat(update(1, 100, 200)).isEmpty();
    assertThat(update(2, 9, 200))
        .containsExactly(
            "firing: stage3.block1.q is silent since epoch 1, round 2: its rate of 0.009000 is below"
                + " watch.silent-below = 0.01");
    assertThat(update(3, 0, 901))
        .containsExactly(
            "firing: stage3.block1.k is saturated since epoch 2, round 1: its rate of 0.901000 is"
                + " above watch.saturated-above = 0.9");
    assertThat(update(4, 3, 950)).isEmpty();
    assertThat(alarms.present())
        .extracting(a -> a.layer() + " " + a.since().step() + " " + a.rate())
        .containsExactlyInAnyOrder("stage3.block1.q 4 0.003", "stage3.block1.k 6 0.95");
    assertThat(update(5, 10, 900))
        .containsExactlyInAnyOrder(
            "firing: stage3.block1.q is no longer silent since epoch 3, round 1; it was from epoch"
                + " 1, round 2 on",
            "firing: stage3.block1.k is no longer saturated since epoch 3, round 1; it was from"
                + " epoch 2, round 1 on");
    assertThat(alarms.present()).isEmpty();
    assertThat(alarms.events()).hasSize(4);
  }

  @Test
  void aLayerThatGoesFromOneToTheOtherEndsOneAndBeginsTheOther() {
    update(1, 0, 200);
    assertThat(update(2, 1000, 200))
        .hasSize(2)
        .anyMatch(text -> text.contains("no longer silent"))
        .anyMatch(text -> text.contains("is saturated since epoch 1, round 2"));
  }

  @Test
  void ofSumsOfSpikesTheShareOfTheLargestSumCounts() {
    FiringLimits sums = sums(0.9);
    FiringAlarms ofSums = new FiringAlarms(sums);
    // three spikes at most: 1.2 of them are 40 %, 2.75 are 92 %
    assertThat(ofSums.update(Rounds.round(1, 200, 1200, sums))).isEmpty();
    RoundMetrics saturated = Rounds.round(2, 200, 2750, sums);
    assertThat(saturated.saturated()).containsExactly(Map.entry("stage3.block1.k", 0.916667));
    assertThat(ofSums.update(saturated))
        .extracting(FiringAlarms.Event::text)
        .containsExactly(
            "firing: stage3.block1.k is saturated since epoch 1, round 2: its rate of 0.916667 of"
                + " the largest sum, 3 spikes, is above watch.saturated-above = 0.9");
  }

  @Test
  void aLimitOfOneSwitchesTheAlarmOffForSumsToo() {
    FiringLimits off = sums(1);
    assertThat(Rounds.round(1, 1000, 3000, off).saturated()).isEmpty();
    assertThat(Rounds.round(1, 1000, 3000, sums(0.999)).saturated())
        .containsOnlyKeys("stage3.block1.q", "stage3.block1.k");
  }

  private static FiringLimits sums(double saturatedAbove) {
    return new FiringLimits(new WatchSettings(0.01, saturatedAbove), Map.of("stage3.block1.k", 3));
  }

  private List<String> update(int round, long q, long k) {
    return alarms.update(Rounds.round(round, q, k)).stream().map(FiringAlarms.Event::text).toList();
  }
}
