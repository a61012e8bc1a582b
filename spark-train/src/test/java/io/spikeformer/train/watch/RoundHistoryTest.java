package io.spikeformer.train.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.train.RoundMetrics;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundHistoryTest {
  @Test
  void hasFewPointsHoweverManyTheRounds() {
    RoundHistory history = new RoundHistory();
    double loss = 0;
    for (int i = 1; i <= 1001; i++) {
      RoundMetrics round = Rounds.round(i);
      loss += round.loss();
      history.add(round, 2);
    }
    List<RoundHistory.Point> points = history.points();
    assertThat(points).hasSizeBetween(RoundHistory.CAPACITY / 2, RoundHistory.CAPACITY);
    assertThat(points.stream().mapToLong(RoundHistory.Point::rounds).sum()).isEqualTo(1001);
    assertThat(points.get(0).begin()).isZero();
    assertThat(points.get(points.size() - 1).end()).isEqualTo(2002);
    for (int i = 1; i < points.size(); i++) {
      assertThat(points.get(i).begin()).isEqualTo(points.get(i - 1).end());
      assertThat(points.get(i - 1).rounds()).isEqualTo(8);
    }
    double mean = points.stream().mapToDouble(point -> point.tally().lossSum()).sum() / (8 * 1001);
    assertThat(mean).isCloseTo(loss / 1001, within(1e-12));
    assertThat(points.get(5).imagesPerSecond()).isCloseTo(4, within(1e-12));
  }

  @Test
  void partsOfTheLossAreMeansOverSamples() {
    RoundMetrics first = Rounds.inParts(1);
    RoundMetrics second = Rounds.inParts(2);
    RoundHistory history = new RoundHistory();
    history.add(first, 2);
    history.add(second, 2);
    RoundHistory.Point both = RoundHistory.joined(history.points()).get(0);
    assertThat(both.tally().parts().keySet()).containsExactly("score", "delta");
    assertThat(both.tally().parts().get("delta"))
        .isCloseTo(0.75 * (first.loss() + second.loss()) / 2, within(1e-12));
    assertThat(RoundMetrics.fromJson(second.toJson())).isEqualTo(second);
    assertThat(second.toJson()).contains("\"loss\":0.5,\"losses\":{\"score\":0.125,\"delta\":");
    assertThat(Rounds.round(1).toJson()).doesNotContain("losses");
  }

  @Test
  void aRoundSurvivesItsOwnText() {
    RoundMetrics round = Rounds.round(3, 5, 950);
    String line = round.toJson();
    assertThat(line)
        .startsWith("{\"epoch\":2,\"round\":1,\"step\":6,\"steps\":2,\"samples\":8,\"loss\":0.333")
        .contains("\"firing-rate\":{\"stage3.block1\":0.4775}")
        .contains("\"silent\":{\"stage3.block1.q\":0.005}")
        .contains("\"saturated\":{\"stage3.block1.k\":0.95}")
        .contains("\"trust-ratio\":{\"min\":0.25,\"mean\":0.5,\"max\":1.0")
        .contains("\"gradient-norm\":{\"mean\":1.5,\"max\":2.5}")
        .contains("\"images-per-second\":4.0")
        .doesNotContain("\n");
    assertThat(line).contains("\"accuracy\":0.25", "\"figure\":{\"name\":\"accuracy\"");
    assertThat(RoundMetrics.fromJson(line)).isEqualTo(round);
    String older = line.substring(0, line.indexOf(",\"figure\":")) + "}";
    assertThat(RoundMetrics.fromJson(older)).isEqualTo(round);
    assertThat(RoundMetrics.fromJson(line.replace("\"steps\":2,", "")).place())
        .isEqualTo(new RoundMetrics.Place(2, 1, 6, 0));
  }
}
