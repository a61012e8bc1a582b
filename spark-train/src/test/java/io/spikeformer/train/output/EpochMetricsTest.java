package io.spikeformer.train.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.classification.Classification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class EpochMetricsTest {
  /** As the release before tasks wrote it. */
  private static final String OLDER =
      """
      {"epoch":2,"rounds":4,"step":56,"learning-rate":0.001,"train-loss":0.5,"train-accuracy":0.75,\
      "validation":{"samples":9,"loss":1.25,"top1":0.6666666666666666,"top5":1.0},\
      "images-per-second":64.5,"seconds":{"compute":1.0,"averaging":2.0,"validation":3.0,\
      "checkpoint":4.0}}""";

  private static final Figure TRAINED =
      Tasks.of("classification").trainingFigure(0, 0).withValue(0.75);
  private static final EpochMetrics EPOCH =
      new EpochMetrics(
          "classification",
          2,
          4,
          56,
          0.001,
          0.5,
          Map.of(),
          TRAINED,
          new EpochMetrics.Validation(
              9, 1.25, List.of(Classification.topOne(6, 9), Classification.topFive(9, 9))),
          64.5,
          new EpochMetrics.Seconds(1, 2, 3, 4));

  @Test
  void linesFromBeforeThereWereTasksAreRead() {
    assertThat(EpochMetrics.fromJson(OLDER)).isEqualTo(EPOCH);
    String withoutValidation = OLDER.replaceAll("\"validation\":\\{[^}]*},", "");
    assertThat(EpochMetrics.fromJson(withoutValidation).validation()).isNull();
  }

  @Test
  void figuresKeepTheirNamesAndPlacesAndAreWholeBeside() {
    String line = EPOCH.toJson();
    assertThat(line)
        .startsWith(OLDER.substring(0, OLDER.length() - 1))
        .contains(",\"task\":\"classification\",\"figures\":{\"train\":[{\"name\":\"accuracy\"")
        .doesNotContain("\n");
    assertThat(EpochMetrics.fromJson(line)).isEqualTo(EPOCH);
    assertThat(EpochMetrics.withoutTime(line)).doesNotContain("seconds", "images-per-second");
  }

  @Test
  void lossesHavePartsAndEvaluationsMayHaveNoLoss() {
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("score", 0.25);
    parts.put("delta", 0.125);
    EpochMetrics epoch =
        new EpochMetrics(
            "classification",
            2,
            4,
            56,
            0.001,
            0.375,
            parts,
            TRAINED,
            EpochMetrics.Validation.of(
                9, OptionalDouble.empty(), List.of(Classification.topOne(6, 9))),
            64.5,
            new EpochMetrics.Seconds(1, 2, 3, 4));
    String line = epoch.toJson();
    assertThat(line)
        .contains("\"train-losses\":{\"score\":0.25,\"delta\":0.125}")
        .contains("\"validation\":{\"samples\":9,\"top1\":")
        .doesNotContain("null");
    assertThat(EpochMetrics.fromJson(line)).isEqualTo(epoch);
    assertThat(EpochMetrics.fromJson(line).validation().knownLoss()).isEmpty();
  }

  @Test
  void anotherTextIsRefused() {
    assertThatThrownBy(() -> EpochMetrics.fromJson("[1]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metrics: expected an epoch's JSON, found [1]");
  }
}
