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
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects from the recipe to the trained detector. */
class DetectionTrainingTest extends TrainingLab {
  private static final List<String> COMMON =
      List.of(
          "task=detection",
          "loss.label-smoothing=0",
          "model.neuron.input-scale=1",
          "averaging.workers=2",
          "averaging.frequency=2",
          "schedule.epochs=6",
          "schedule.base-rate=0.01");

  /** A detector of each kind. */
  private enum Detector {
    MASK_RCNN(
        List.of(
            "model.mask-rcnn.neck-width=8",
            "model.mask-rcnn.hidden-width=16",
            "model.mask-rcnn.norm=bn",
            "model.mask-rcnn.hidden-norm=bn"),
        List.of("rpnScore", "rpnDelta", "boxScore", "boxDelta", "mask"),
        EpochMetrics::trainLoss,
        0.8),
    // its objectness has a target that rises with the boxes
    YOLO(
        List.of("model.yolo.widths=[8, 8, 16]"),
        List.of("box", "objectness", "class"),
        epoch -> epoch.trainLosses().get("box"),
        1);

    private final List<String> settings;
    private final List<String> losses;
    private final ToDoubleFunction<EpochMetrics> falling;
    // that the falling loss has at most left of itself
    private final double share;

    Detector(
        List<String> settings,
        List<String> losses,
        ToDoubleFunction<EpochMetrics> falling,
        double share) {
      this.settings = settings;
      this.losses = losses;
      this.falling = falling;
      this.share = share;
    }

    Recipe recipe(String... more) {
      return SmallSplit.recipe(
          Stream.of(COMMON, settings, List.of(more)).flatMap(List::stream).toArray(String[]::new));
    }
  }

  private String train;
  private String validation;

  @BeforeEach
  void write() throws IOException {
    train = SmallSplit.writeObjects(folder.resolve("objects"), 3, 11);
    validation = SmallSplit.writeObjects(folder.resolve("validation-objects"), 1, 9);
  }

  private TrainingResult run(
      Recipe recipe, String output, TrainingOptions options, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(train, validation, path(output));
    return new TrainingRun(spark, recipe, places, options, progress).run();
  }

  @ParameterizedTest
  @EnumSource
  void isTrainedByTwoWorkersAndScored(Detector detector) throws IOException {
    Recipe recipe = detector.recipe();
    TrainingResult trained = run(recipe, "out", OPTIONS, Progress.SILENT);
    EpochMetrics last = trained.history().get(5);
    assertThat(last.trainFigure().name()).isEqualTo("regionAccuracy");
    assertThat(last.trainLosses().keySet()).containsExactlyElementsOf(detector.losses);
    assertThat(last.trainLosses().values().stream().mapToDouble(part -> part).sum())
        .isCloseTo(last.trainLoss(), within(1e-9));
    assertThat(last.validation().loss()).isNull();
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
    assertThat(detector.falling.applyAsDouble(last))
        .isLessThan(detector.share * detector.falling.applyAsDouble(trained.history().get(0)));
    assertThat(Files.readString(folder.resolve("out/metrics.jsonl")))
        .contains(
            "\"train-losses\":{\"" + detector.losses.get(0) + "\":", "\"task\":\"detection\"");
    assertThat(Files.readString(folder.resolve("out/rounds.jsonl"))).contains("\"losses\":{");
  }

  @ParameterizedTest
  @EnumSource
  void killedAndResumedItEndsWithTheSameBits(Detector detector) {
    Recipe recipe = detector.recipe("schedule.epochs=3");
    TrainingResult trained = run(recipe, "out", OPTIONS, Progress.SILENT);
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> run(recipe, "killed", OPTIONS, new Killer(2, 2)));
    TrainingResult resumed = run(recipe, "killed", OPTIONS.resuming(), Progress.SILENT);
    float[] values = values(trained);
    // values that are no numbers would be equal whatever the resumed training had done
    for (float value : values) {
      assertThat(value).isFinite();
    }
    assertSameBits(values(resumed), values);
    assertThat(resumed.history().get(1).trainLosses())
        .isEqualTo(trained.history().get(1).trainLosses());
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
    Recipe recipe = Detector.MASK_RCNN.recipe(images.toArray(String[]::new));
    TrainingResult trained = run(recipe, "parts", OPTIONS, Progress.SILENT);
    EpochMetrics last = trained.history().get(1);
    assertThat(last.trainLosses().values()).allMatch(Double::isFinite);
    assertThat(last.validation().figures()).isNotEmpty();

    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> run(recipe, "parts-killed", OPTIONS, new Killer(1, 2)));
    TrainingResult resumed = run(recipe, "parts-killed", OPTIONS.resuming(), Progress.SILENT);
    assertSameBits(values(resumed), values(trained));
  }

  @Test
  void dataOfAnotherTaskAreRefused() {
    Recipe classes = SmallSplit.recipe();
    assertThatThrownBy(() -> run(classes, "other", OPTIONS, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("detection")
        .hasMessageNotContaining("\n");
  }
}
