package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.eval.spark.Evaluator;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Label maps from the recipe to the evaluation. */
class SegmentationTrainingTest extends TrainingLab {
  private static final Recipe RECIPE =
      SmallSplit.recipe(
          "task=segmentation",
          "loss.label-smoothing=0",
          "model.neuron.input-scale=1",
          "model.semantic-fpn.neck-width=8",
          "model.semantic-fpn.head-width=8",
          "model.semantic-fpn.norm=bn",
          "averaging.workers=1",
          "averaging.frequency=4",
          "schedule.epochs=8",
          "schedule.base-rate=0.01");

  private String train;
  private String validation;

  @BeforeEach
  void write() throws IOException {
    train = SmallSplit.writeMaps(folder.resolve("maps"), 3, 11);
    validation = SmallSplit.writeMaps(folder.resolve("validation-maps"), 1, 9);
  }

  private TrainingRun training(Recipe recipe, TrainingOptions options) {
    TrainingPlaces places = new TrainingPlaces(train, validation, path("out"));
    return new TrainingRun(spark, recipe, places, options, Progress.SILENT);
  }

  @Test
  void isTrainedResumedAndEvaluated() throws IOException {
    TrainingResult trained = training(RECIPE, OPTIONS).run();
    EpochMetrics last = trained.history().get(7);
    assertThat(last.trainFigure().name()).isEqualTo("pixelAccuracy");
    assertThat(last.trainFigure().denominator()).isGreaterThan(32L * 16 * 8);
    assertThat(last.trainLoss()).isLessThan(0.8 * trained.history().get(0).trainLoss());
    assertThat(Files.readString(folder.resolve("out/metrics.jsonl")))
        .contains("\"train-pixelAccuracy\":", "\"meanIou\":", "\"task\":\"segmentation\"");
    EvaluationResult result =
        Evaluator.evaluate(
            spark,
            trained.checkpoint().config(),
            trained.checkpoint().state(),
            validation,
            RECIPE.evaluationInput(),
            EvaluationOptions.of("maps")
                .withTask(RECIPE.toTask())
                .withBatchSize(RECIPE.data().batchSize()));
    assertThat(result.outcome().figures()).isEqualTo(last.validation().figures());
    assertThat(result.loss()).isEqualTo(last.validation().knownLoss());
    TrainingResult resumed =
        training(RECIPE, new TrainingOptions(TrainingOptions.Start.RESUME, "auto", 1, 1)).run();
    assertSameBits(values(resumed), values(trained));
    assertThat(resumed.history()).isEqualTo(trained.history());
  }

  @Test
  void dataOfAnotherTaskAreRefused() {
    assertThatThrownBy(() -> training(SmallSplit.recipe(), OPTIONS).run())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("segmentation")
        .hasMessageNotContaining("\n");
  }
}
