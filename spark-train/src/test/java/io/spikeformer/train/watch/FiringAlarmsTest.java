package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  private List<String> update(int round, long q, long k) {
    return alarms.update(Rounds.round(round, q, k)).stream().map(FiringAlarms.Event::text).toList();
  }
}
