package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

/** Objects from the recipe to the trained detector. */
class DetectionTrainingTest extends TrainingLab {
  private static final Recipe RECIPE =
      SmallSplit.recipe(
          "task=detection",
          "loss.label-smoothing=0",
          "model.neuron.input-scale=1",
          "model.mask-rcnn.neck-width=8",
          "model.mask-rcnn.hidden-width=16",
          "model.mask-rcnn.norm=bn",
          "model.mask-rcnn.hidden-norm=bn",
          "averaging.workers=2",
          "averaging.frequency=2",
          "schedule.epochs=6",
          "schedule.base-rate=0.01");

  private String train;
  private String validation;

  @BeforeEach
  void write() throws IOException {
    train = SmallSplit.writeObjects(folder.resolve("objects"), 3, 11);
    validation = SmallSplit.writeObjects(folder.resolve("validation-objects"), 1, 9);
  }

  private TrainingRun training(String output, TrainingOptions options, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(train, validation, path(output));
    return new TrainingRun(spark, RECIPE, places, options, progress);
  }

  @Test
  void isTrainedByTwoWorkersKilledAndResumedWithTheSameBits() throws IOException {
    TrainingResult trained = training("out", OPTIONS, Progress.SILENT).run();
    EpochMetrics last = trained.history().get(5);
    assertThat(last.trainFigure().name()).isEqualTo("regionAccuracy");
    assertThat(last.trainLosses().keySet())
        .containsExactly("rpnScore", "rpnDelta", "boxScore", "boxDelta", "mask");
    assertThat(last.trainLosses().values().stream().mapToDouble(part -> part).sum())
        .isCloseTo(last.trainLoss(), within(1e-9));
    assertThat(last.validation().loss()).isNull();
    EvaluationResult result =
        Evaluator.evaluate(
            spark,
            trained.checkpoint().config(),
            trained.checkpoint().state(),
            validation,
            RECIPE.evaluationInput(),
            EvaluationOptions.of("objects").withTask(RECIPE.toTask()));
    assertThat(result.outcome().figures()).isEqualTo(last.validation().figures());
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
    assertThat(last.trainLoss()).isLessThan(0.8 * trained.history().get(0).trainLoss());
    assertThat(Files.readString(folder.resolve("out/metrics.jsonl")))
        .contains("\"train-losses\":{\"rpnScore\":", "\"task\":\"detection\"");
    assertThat(Files.readString(folder.resolve("out/rounds.jsonl"))).contains("\"losses\":{");

    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training("killed", OPTIONS, new Killer(2, 2)).run());
    TrainingResult resumed = training("killed", OPTIONS.resuming(), Progress.SILENT).run();
    assertSameBits(values(resumed), values(trained));
    assertThat(resumed.history().get(1).trainLosses())
        .isEqualTo(trained.history().get(1).trainLosses());
  }

  @Test
  void aDetectorOfOneStageIsTrainedAndScored() throws IOException {
    Recipe recipe =
        SmallSplit.recipe(
            "task=detection",
            "loss.label-smoothing=0",
            "model.neuron.input-scale=1",
            "model.yolo.widths=[8, 8, 16]",
            "averaging.workers=2",
            "averaging.frequency=2",
            "schedule.epochs=6",
            "schedule.base-rate=0.01");
    TrainingPlaces places = new TrainingPlaces(train, validation, path("one-stage"));
    TrainingResult trained = new TrainingRun(spark, recipe, places, OPTIONS, Progress.SILENT).run();
    EpochMetrics last = trained.history().get(5);
    assertThat(last.trainLosses().keySet()).containsExactly("box", "objectness", "class");
    assertThat(last.trainLosses().values().stream().mapToDouble(part -> part).sum())
        .isCloseTo(last.trainLoss(), within(1e-9));
    // that of objectness has a target that rises with the boxes
    assertThat(last.trainLosses().get("box"))
        .isLessThan(trained.history().get(0).trainLosses().get("box"));
    EvaluationResult result =
        Evaluator.evaluate(
            spark,
            trained.checkpoint().config(),
            trained.checkpoint().state(),
            validation,
            recipe.evaluationInput(),
            EvaluationOptions.of("objects").withTask(recipe.toTask()));
    assertThat(result.outcome().figures()).isEqualTo(last.validation().figures());
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
  }

  @Test
  void dataOfAnotherTaskAreRefused() {
    TrainingPlaces places = new TrainingPlaces(train, null, path("other"));
    Recipe classes = SmallSplit.recipe();
    assertThatThrownBy(
            () -> new TrainingRun(spark, classes, places, OPTIONS, Progress.SILENT).run())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("detection")
        .hasMessageNotContaining("\n");
  }
}
