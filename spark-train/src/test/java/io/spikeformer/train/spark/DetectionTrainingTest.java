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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Objects from the recipe to the trained detector. */
class DetectionTrainingTest extends TrainingLab {
  private static final String[] DETECTOR = {
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
    "schedule.base-rate=0.01"
  };

  private static final Recipe RECIPE = SmallSplit.recipe(DETECTOR);

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

  /** Images of drawn sizes, or parts of them, share batches; whole ones are evaluated. */
  @Test
  void partsOfImagesAreTrainedKilledAndResumedWithTheSameBits() throws IOException {
    Stream<String> images =
        Stream.of(
            "schedule.epochs=2",
            "data.training.crop=fit-or-part",
            "data.training.resize=[32, 48]",
            "data.training.short-sides=[16, 24, 32]",
            "data.training.part-short-sides=[16, 20, 24]",
            "data.training.part-size=[8, 24]",
            "data.training.padding-multiple=16",
            "data.training.padding-colour=mean",
            "data.evaluation.crop=fit",
            "data.evaluation.fit=[32, 48]",
            "data.evaluation.padding-multiple=16");
    Recipe recipe =
        SmallSplit.recipe(Stream.concat(Stream.of(DETECTOR), images).toArray(String[]::new));
    TrainingPlaces places = new TrainingPlaces(train, validation, path("parts"));
    TrainingResult trained = new TrainingRun(spark, recipe, places, OPTIONS, Progress.SILENT).run();
    EpochMetrics last = trained.history().get(1);
    assertThat(last.trainLosses().values()).allMatch(Double::isFinite);
    assertThat(last.validation().figures()).isNotEmpty();

    TrainingPlaces killed = new TrainingPlaces(train, validation, path("parts-killed"));
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> new TrainingRun(spark, recipe, killed, OPTIONS, new Killer(1, 2)).run());
    TrainingResult resumed =
        new TrainingRun(spark, recipe, killed, OPTIONS.resuming(), Progress.SILENT).run();
    assertSameBits(values(resumed), values(trained));
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
