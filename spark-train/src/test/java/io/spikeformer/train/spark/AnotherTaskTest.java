package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.eval.ComparisonReport;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.HtmlReport;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.eval.spark.Evaluator;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A task that the program does not know: {@link NumberTask} and its line in {@code
 * META-INF/services} are all that it takes, from the recipe to the report.
 */
class AnotherTaskTest extends TrainingLab {
  private static final Recipe RECIPE =
      SmallSplit.recipe(
          "task=number", "model.classes=1", "schedule.epochs=6", "schedule.base-rate=0.02");

  @Test
  void isTrainedResumedEvaluatedAndReportedByTheSameProgram() throws IOException {
    TrainingResult trained = run(RECIPE, "number");
    EpochMetrics last = trained.history().get(5);
    assertThat(last.task()).isEqualTo("number");
    assertThat(last.trainFigure().name()).isEqualTo("near");
    assertThat(last.trainFigure().denominator()).as("two workers' samples").isEqualTo(32);
    assertThat(last.trainLoss()).isLessThan(0.75 * trained.history().get(0).trainLoss());
    assertThat(EpochMetrics.fromJson(last.toJson())).isEqualTo(last);
    assertThat(Files.readString(file("metrics.jsonl")))
        .contains("\"train-near\":", "\"error\":", "\"task\":\"number\"")
        .doesNotContain("top1", "accuracy");
    assertThat(Files.readString(file("rounds.jsonl"))).contains("\"near\":");
    assertThat(Files.readString(file("status.html")))
        .contains("Near the number", "Mean absolute error", "Validation error")
        .doesNotContainIgnoringCase("top-1", "accuracy");

    EvaluationResult result = evaluate(trained.checkpoint(), EvaluationOptions.of("number"));
    assertThat(result.loss()).isEqualTo(last.validation().knownLoss());
    assertThat(result.outcome().figures()).isEqualTo(last.validation().figures());
    assertThat(EvaluationResult.fromJson(result.toJson())).isEqualTo(result);
    assertThat(result.toJson()).contains("\"task\" : \"number\"");
    assertThat(HtmlReport.render(result))
        .contains(">Mean absolute error<", "mean squared error", "Numbers are halves of labels.")
        .doesNotContainIgnoringCase("top-1", "confusion");
    ComparisonReport.Run one = new ComparisonReport.Run("one", result);
    assertThat(ComparisonReport.render(List.of(one, one)))
        .contains(
            "<h2>Mean absolute error against energy</h2>", "lower and further left is better");

    TrainingOptions again = new TrainingOptions(TrainingOptions.Start.RESUME, "auto", 1, 1);
    TrainingResult resumed = training(RECIPE, "number", again, Progress.SILENT).run();
    assertSameBits(values(resumed), values(trained));
    assertThat(resumed.history()).isEqualTo(trained.history());
  }

  @Test
  void theNumberOfTasksDoesNotChangeItsResult() {
    Checkpoint checkpoint = run(RECIPE, "number").checkpoint();
    EvaluationOptions one = EvaluationOptions.of("number").withPartitions(1).withBatchSize(4);
    EvaluationResult result = evaluate(checkpoint, one.withPredictions(path("predictions")));
    assertThat(evaluate(checkpoint, one.withPartitions(3))).isEqualTo(result);
    assertThat(Path.of(path("predictions"))).isDirectoryContaining("glob:**part-00000.parquet");
  }

  @Test
  void isRefusedWhereItDoesNotFit() {
    assertThatThrownBy(() -> run(SmallSplit.recipe("task=number"), "number"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model classes: expected 1 as in the training data ");
    assertThatThrownBy(
            () ->
                SmallSplit.recipe(
                    "task=number",
                    "model.classes=1",
                    "model.head=distilled",
                    "distillation.teacher=column"))
        .hasMessageEndingWith(
            "distillation teacher: expected none for task number, found column; set"
                + " distillation.teacher=null");
    assertThatThrownBy(() -> SmallSplit.recipe("task=juggling"))
        .hasMessageEndingWith(
            "task: expected one of classification, detection, number, segmentation, found 'juggling'; use the release that"
                + " knows it");
  }

  private Path file(String name) {
    return folder.resolve("number").resolve(name);
  }

  private static EvaluationResult evaluate(Checkpoint checkpoint, EvaluationOptions options) {
    return Evaluator.evaluate(
        spark,
        checkpoint.config(),
        checkpoint.state(),
        validation,
        RECIPE.evaluationInput(),
        options.withTask(RECIPE.toTask()));
  }
}
