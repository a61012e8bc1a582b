package io.spikeformer.eval.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.EvaluationSource;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates a model on prepared shards with a Spark job: every sample once, counts merged exactly,
 * so that the result is the same for any number of tasks.
 */
public final class Evaluator {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);
  private static final String TASK_CORES = "spark.task.cpus";

  private Evaluator() {}

  /**
   * Runs the evaluation.
   *
   * @param config architecture; its timesteps are the evaluated ones, whatever the training's were
   * @param state parameters and statistics in the order of the model's layout
   * @param data URI or path of the shards of a split
   * @param input what the model sees of a sample: for evaluation, without chance
   * @throws UserException if the data do not fit the model
   * @throws io.spikeformer.data.storage.UserException if the shards are missing, damaged or
   *     unfinished
   */
  public static EvaluationResult evaluate(
      JavaSparkContext spark,
      NetworkConfig config,
      float[] state,
      String data,
      InputConfig input,
      EvaluationOptions options) {
    ShardSet shards = ShardSet.open(data, spark.hadoopConfiguration());
    Scoring scoring = requireFits(spark, config, shards, input, options);
    CollectionAccumulator<String> arithmetic =
        spark.sc().collectionAccumulator("what tasks compute with");
    EvaluationTask.Spec task = task(spark, config, shards, input, scoring, options);
    EvaluationCounts counts = count(spark, task, state, shards, options, arithmetic);
    return EvaluationResult.of(
        options.task().id(),
        new EvaluationSource(
            options.model(),
            location(shards),
            samples(shards.manifest()),
            shards.manifest().accepted(),
            input.height(),
            input.width(),
            distinct(arithmetic.value())),
        config,
        counts,
        scoring.result(counts.task()),
        options.constants());
  }

  /**
   * Lets an evaluation with the same arguments go ahead; warns of what cannot be checked.
   *
   * @throws UserException if the data do not fit the model
   * @throws io.spikeformer.data.storage.UserException if the shards are missing, damaged or
   *     unfinished
   * @throws io.spikeformer.model.config.UserException in one line, if an executor has too little
   *     memory
   */
  public static void requireRunnable(
      JavaSparkContext spark,
      NetworkConfig config,
      String data,
      InputConfig input,
      EvaluationOptions options) {
    ShardSet shards = ShardSet.open(data, spark.hadoopConfiguration());
    Scoring scoring = requireFits(spark, config, shards, input, options);
    scoring.warning().ifPresent(LOG::warn);
    String architecture = config.toJson();
    int batchSize = input.batch(options.work().batchSize());
    int height = input.largest(batchSize).height();
    int width = input.largest(batchSize).width();
    MemoryPreflight.require(
        spark,
        partitions(spark, shards.manifest(), options),
        options.work().kernels(),
        threads(spark, options),
        kernels ->
            MemoryNeed.ofInference(
                Workload.of(
                    NetworkConfig.fromJson(architecture), batchSize, height, width, kernels)));
  }

  /** The arithmetic that the tasks report, each kind once. */
  private static List<Arithmetic> distinct(List<String> answers) {
    return answers.stream()
        .distinct()
        .sorted()
        .map(text -> ManifestFormat.fromJson(text, Arithmetic.class))
        .toList();
  }

  private static int threads(JavaSparkContext spark, EvaluationOptions options) {
    int threads = options.work().threads();
    return threads > 0 ? threads : spark.getConf().getInt(TASK_CORES, 1);
  }

  private static Scoring requireFits(
      JavaSparkContext spark,
      NetworkConfig config,
      ShardSet shards,
      InputConfig input,
      EvaluationOptions options) {
    input.requireFits(shards, options.task().truth());
    options
        .task()
        .misfit(config)
        .ifPresent(
            misfit -> {
              throw new UserException(
                  "model %s for task %s: %s", options.model(), options.task().id(), misfit);
            });
    ModelClasses classes = new ModelClasses("model " + options.model(), options.classes());
    Scoring scoring =
        options
            .task()
            .scoring(
                classes, config.classes(), "data " + location(shards), shards.manifest().classes());
    check(config, input, shards.manifest(), location(shards));
    if (spark.isLocal()) {
      KernelProvider.requireRunnable(options.work().kernels());
    }
    return scoring;
  }

  /** A local folder's path may end with a slash, which would tell equal places apart. */
  private static String location(ShardSet shards) {
    return new Path(shards.location()).toString();
  }

  /** A teacher's logits change the bytes of the shards, but not what is evaluated. */
  private static String samples(ShardManifest manifest) {
    ShardManifest.Teacher teacher = manifest.source().teacher();
    return teacher == null ? manifest.checksum() : teacher.samples();
  }

  private static void check(
      NetworkConfig config, InputConfig input, ShardManifest manifest, String data) {
    if (config.channels() != input.channels()) {
      throw new UserException(
          "evaluation of %s: expected a model of %s input channels for %s, found %s in model %s",
          data,
          input.channels(),
          manifest.kind().content().plural(),
          config.channels(),
          config.name());
    }
    if (manifest.accepted() == 0) {
      throw new UserException(
          "evaluation of %s: expected samples, found none; prepare the split again", data);
    }
  }

  private static EvaluationTask.Spec task(
      JavaSparkContext spark,
      NetworkConfig config,
      ShardSet shards,
      InputConfig input,
      Scoring scoring,
      EvaluationOptions options) {
    return new EvaluationTask.Spec(
        config.toJson(),
        scoring,
        shards.location(),
        input,
        rows(shards.manifest(), options.limit()),
        options.work().withThreads(threads(spark, options)),
        options.predictions());
  }

  private static EvaluationCounts count(
      JavaSparkContext spark,
      EvaluationTask.Spec spec,
      float[] state,
      ShardSet shards,
      EvaluationOptions options,
      CollectionAccumulator<String> arithmetic) {
    ShardManifest manifest = shards.manifest();
    LongAccumulator samples = spark.sc().longAccumulator("evaluated samples");
    ProgressListener listener =
        new ProgressListener(samples.id(), Arrays.stream(spec.rows()).sum(), options.progress());
    Broadcast<float[]> values = spark.broadcast(state);
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    Storage storage = new Storage(spark.hadoopConfiguration());
    // predictions of an earlier evaluation must not be taken for this one's
    predictions(options).ifPresent(folder -> PredictionFolder.clear(storage, folder));
    spark.sc().addSparkListener(listener);
    String text = Text.format("evaluate %s samples of %s", manifest.accepted(), shards.location());
    try {
      JavaRDD<EvaluationCounts> parts =
          spark
              .parallelize(withRows(spec.rows()), partitions(spark, manifest, options))
              .mapPartitions(new EvaluationTask(spec, values, hadoop, samples, arithmetic));
      // on executors first: there are as many parts as cores, each with up to a cell a sample
      EvaluationCounts counts =
          JobDescription.during(
              spark, "evaluation", text, () -> parts.treeReduce(Evaluator::merged));
      listener.finish();
      predictions(options).ifPresent(folder -> PredictionFolder.discardUnfinished(storage, folder));
      return counts;
    } finally {
      spark.sc().removeSparkListener(listener);
      Broadcasts.destroy(values);
      Broadcasts.destroy(hadoop);
    }
  }

  /** How many samples of each shard are evaluated if there is a limit to all of them. */
  private static int[] rows(ShardManifest manifest, long limit) {
    int[] rows = manifest.shards().stream().mapToInt(ShardManifest.Shard::rows).toArray();
    long left = limit;
    for (int shard = 0; shard < rows.length; shard++) {
      rows[shard] = (int) Math.min(rows[shard], left);
      left -= rows[shard];
    }
    return rows;
  }

  private static Optional<Path> predictions(EvaluationOptions options) {
    return options.predictions().isEmpty()
        ? Optional.empty()
        : Optional.of(Storage.path(options.predictions()));
  }

  private static EvaluationCounts merged(EvaluationCounts left, EvaluationCounts right) {
    left.merge(right);
    return left;
  }

  /** The shards with samples to evaluate: others would leave some tasks with less work. */
  private static List<Integer> withRows(int[] rows) {
    return IntStream.range(0, rows.length).filter(shard -> rows[shard] > 0).boxed().toList();
  }

  /** Each task builds a model, so by default there are no more tasks than run at once. */
  private static int partitions(
      JavaSparkContext spark, ShardManifest manifest, EvaluationOptions options) {
    int atOnce = spark.defaultParallelism() / spark.getConf().getInt(TASK_CORES, 1);
    int wanted = options.work().partitions();
    int tasks = wanted > 0 ? wanted : atOnce;
    return Math.max(1, Math.min(tasks, withRows(rows(manifest, options.limit())).size()));
  }
}
