package io.spikeformer.train.spark;

import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.ShardSet;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.eval.spark.Evaluator;
import io.spikeformer.train.EpochMetrics;
import io.spikeformer.train.Recipe;
import org.apache.spark.api.java.JavaSparkContext;

/** Validation as a Spark job. */
final class ValidationJob implements Validator {
  private final JavaSparkContext spark;
  private final Recipe recipe;
  private final String data;
  private final EvaluationOptions options;

  private ValidationJob(
      JavaSparkContext spark, Recipe recipe, String data, EvaluationOptions options) {
    this.spark = spark;
    this.recipe = recipe;
    this.data = data;
    this.options = options;
  }

  /**
   * Validation on the places' split, or none if they name none.
   *
   * @throws io.spikeformer.data.DataException if the split is not prepared or has other classes
   */
  static Validator of(
      JavaSparkContext spark,
      Recipe recipe,
      ShardManifest training,
      TrainingPlaces places,
      TrainingOptions options) {
    if (places.validation() == null) {
      return state -> null;
    }
    ShardManifest manifest =
        ShardSet.open(places.validation(), spark.hadoopConfiguration()).manifest();
    training.requireSameClasses(manifest);
    int threads = TaskLimits.threads(spark, manifest.shards().size());
    EvaluationOptions evaluation =
        EvaluationOptions.of(places.output())
            .withBatchSize(recipe.data().batchSize())
            .withThreads(threads, options.readerThreads())
            .withKernels(options.kernels());
    return new ValidationJob(spark, recipe, places.validation(), evaluation);
  }

  @Override
  public EpochMetrics.Validation validate(float[] state) {
    EvaluationResult result =
        Evaluator.evaluate(
            spark,
            recipe.model().toConfig(),
            state,
            data,
            recipe.data().evaluationTransform(),
            options);
    return new EpochMetrics.Validation(
        result.samples(), result.loss(), result.accuracy(), result.topFiveAccuracy());
  }
}
