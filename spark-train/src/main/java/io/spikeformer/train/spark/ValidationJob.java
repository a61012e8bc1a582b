package io.spikeformer.train.spark;

import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.eval.spark.Evaluator;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.worker.TaskLimits;
import org.apache.spark.api.java.JavaSparkContext;

/** Validation as a Spark job. */
final class ValidationJob implements Validator {
  private final JavaSparkContext spark;
  private final Recipe recipe;
  private final String data;
  private final int tasks;
  private final EvaluationOptions options;

  private ValidationJob(
      JavaSparkContext spark, Recipe recipe, String data, int tasks, EvaluationOptions options) {
    this.spark = spark;
    this.recipe = recipe;
    this.data = data;
    this.tasks = tasks;
    this.options = options;
  }

  /**
   * Validation on a split that fits the recipe.
   *
   * @param shards the split, or null for no validation
   */
  static Validator of(
      JavaSparkContext spark,
      Recipe recipe,
      ShardSet shards,
      TrainingPlaces places,
      TrainingOptions options) {
    if (shards == null) {
      return (state, epoch) -> null;
    }
    int tasks = shards.manifest().shards().size();
    int threads = TaskLimits.threads(spark, tasks);
    EvaluationOptions evaluation =
        EvaluationOptions.of(places.output())
            .withTask(recipe.toTask())
            .withBatchSize(recipe.data().batchSize())
            .withThreads(threads, options.readerThreads())
            .withKernels(options.kernels());
    return new ValidationJob(spark, recipe, places.validation(), tasks, evaluation);
  }

  @Override
  public int tasks() {
    return tasks;
  }

  @Override
  public EpochMetrics.Validation validate(float[] state, int epoch) {
    return JobDescription.during(
        spark,
        "training",
        "validation after epoch " + epoch,
        () -> {
          EvaluationResult result =
              Evaluator.evaluate(
                  spark, recipe.model().toConfig(), state, data, recipe.evaluationInput(), options);
          return EpochMetrics.Validation.of(
              result.samples(), result.loss(), result.outcome().figures());
        });
  }
}
