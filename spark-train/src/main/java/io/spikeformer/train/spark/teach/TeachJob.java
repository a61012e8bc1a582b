package io.spikeformer.train.spark.teach;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.LogitsJob;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.spark.EvaluationProgress;
import io.spikeformer.eval.spark.MemoryPreflight;
import io.spikeformer.eval.spark.ProgressListener;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.train.recipe.DataSettings;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import io.spikeformer.train.teacher.CheckpointTeacher;
import io.spikeformer.train.teacher.TeacherFile;
import io.spikeformer.train.teacher.TeacherNeed;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a teacher answer for every sample of a split, prepared as for evaluation, and writes a split
 * with its logits: what trainings with {@code distillation.teacher: column} learn from.
 */
public final class TeachJob {
  private static final Logger LOG = LoggerFactory.getLogger(TeachJob.class);
  private static final String TASK_CORES = "spark.task.cpus";

  private TeachJob() {}

  /**
   * Looks at the places of data and output and reads the teacher, without Spark.
   *
   * @throws RuntimeException in one line if one of them cannot be used
   */
  public static TeacherFile teacher(TeachOptions options, Configuration hadoop) {
    LogitsJob.requirePlace(new Storage(hadoop), options.data(), options.output());
    ShardSet.open(options.data(), hadoop);
    return TeacherFile.load(options.model(), hadoop, LOG::warn);
  }

  /**
   * Writes the split.
   *
   * @param progress told of the samples
   * @return its manifest
   * @throws RuntimeException in one line, before anything is written, if teacher, data and output
   *     do not fit together or an executor has too little memory
   */
  public static ShardManifest run(
      JavaSparkContext spark, TeachOptions options, EvaluationProgress progress) {
    return run(spark, options, teacher(options, spark.hadoopConfiguration()), progress);
  }

  /** The same with the teacher as {@link #teacher} has read it. */
  public static ShardManifest run(
      JavaSparkContext spark, TeachOptions options, TeacherFile read, EvaluationProgress progress) {
    ShardSet shards = ShardSet.open(options.data(), spark.hadoopConfiguration());
    ShardManifest data = shards.manifest();
    TeacherFile teacher = options.timesteps() > 0 ? read.withTimesteps(options.timesteps()) : read;
    Recipe recipe = preparation(teacher, options.preparation());
    DataSettings preparation = recipe.data();
    InputConfig input = preparation.evaluationInput(teacher.timesteps());
    input.requireFits(shards, recipe.toTask().truth());
    teacher.requireAnswers(data.classes().size(), input, "the data " + shards.location());
    teacher.requireClasses("the data " + shards.location(), data.classes(), LOG::warn);
    TeachOptions.Work work = options.work();
    if (spark.isLocal() && teacher instanceof CheckpointTeacher) {
      KernelProvider.requireRunnable(work.kernels());
    }
    int cores = spark.getConf().getInt(TASK_CORES, 1);
    int threads = work.threads() > 0 ? work.threads() : cores;
    int wanted = work.partitions() > 0 ? work.partitions() : spark.defaultParallelism() / cores;
    int tasks = Math.max(1, Math.min(data.shards().size(), wanted));
    TeacherNeed need = teacher.need();
    int batchSize = work.batchSize();
    MemoryPreflight.require(
        spark, tasks, work.kernels(), threads, kernels -> need.of(batchSize, input, kernels));
    LogitsJob.Options job =
        new LogitsJob.Options(
            shards.location(),
            options.output(),
            input,
            entry(teacher, data, preparation, work),
            work.batchSize(),
            work.readerThreads(),
            tasks);
    try (BroadcastTeacher answering =
        BroadcastTeacher.of(spark, teacher, work.kernels(), threads)) {
      return run(spark, job, answering, new Count(data.accepted(), progress));
    }
  }

  /** Samples that will be done, and who is told of them. */
  private record Count(long total, EvaluationProgress progress) {}

  private static ShardManifest run(
      JavaSparkContext spark, LogitsJob.Options job, BroadcastTeacher teacher, Count count) {
    LongAccumulator samples = spark.sc().longAccumulator("answered samples");
    ProgressListener listener = new ProgressListener(samples.id(), count.total(), count.progress());
    spark.sc().addSparkListener(listener);
    try {
      ShardManifest manifest = new LogitsJob(spark).run(job, teacher, samples);
      listener.finish();
      return manifest;
    } finally {
      spark.sc().removeSparkListener(listener);
    }
  }

  private static Recipe preparation(TeacherFile teacher, TeachOptions.Preparation preparation) {
    boolean own = preparation.recipe().isBlank();
    String yaml = own ? teacher.recipe() : preparation.recipe();
    if (yaml.isBlank() && teacher instanceof CheckpointTeacher) {
      throw new UserException(
          "teacher %s: expected a checkpoint with the recipe of its training, found none: how its"
              + " images are prepared is unknown; name a recipe with --recipe",
          teacher.file());
    }
    // a checkpoint's own is read as what wrote it meant it
    String meant = own && !yaml.isBlank() ? Recipe.fromYaml(yaml).toYaml() : yaml;
    return RecipeReader.read(meant, preparation.source(), preparation.changes());
  }

  private static ShardManifest.Teacher entry(
      TeacherFile teacher, ShardManifest data, DataSettings preparation, TeachOptions.Work work) {
    SortedMap<String, String> settings = teacher.settings(work.kernels());
    settings.put("batch", Integer.toString(work.batchSize()));
    settings.putAll(preparation.evaluationSettings());
    return new ShardManifest.Teacher(
        teacher.file().getName(),
        teacher.sha256(),
        data.classes().size(),
        settings,
        data.checksum());
  }
}
