package io.spikeformer.data.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Adds a teacher's logits to a prepared split: a new split with the same samples in the same shards
 * and order, and one more column.
 *
 * <p>Batches do not cross shards, so the bytes of a shard depend on the split, the teacher and how
 * it is run alone, not on the number of tasks. A run that was stopped goes on with the shards that
 * it lacks.
 */
public final class LogitsJob {
  private static final String GROUP = "teaching";
  private static final String COMMAND = "teach";
  private static final int LIST_LIMIT = 1 << 30;

  private final JavaSparkContext spark;
  private final Storage storage;

  /** A job on a running Spark context. */
  public LogitsJob(JavaSparkContext spark) {
    this.spark = spark;
    this.storage = new Storage(spark.hadoopConfiguration());
  }

  /** A teacher at work, for one task. */
  public interface Answers extends AutoCloseable {
    /** Logits [size, classes] of a batch. */
    float[] logits(Batch batch);

    @Override
    void close();
  }

  /** Makes a teacher on an executor. */
  @FunctionalInterface
  public interface Teacher extends Serializable {
    /** A teacher for one task, which closes it. */
    Answers open();
  }

  /**
   * The options of the job.
   *
   * @param data URI or path of the split
   * @param output URI or path of the new split's folder
   * @param input what the teacher sees of a sample: for evaluation, without chance
   * @param teacher its entry in the manifest
   * @param batchSize samples that it answers for at once, &gt;= 1
   * @param readerThreads threads of a task that read and decode ahead, &gt;= 1
   * @param tasks that run at once, each with a teacher of its own, &gt;= 1
   */
  public record Options(
      String data,
      String output,
      InputConfig input,
      ShardManifest.Teacher teacher,
      int batchSize,
      int readerThreads,
      int tasks) {}

  /**
   * Writes the new split.
   *
   * @param samples counts the samples that are answered for, while the tasks run
   * @return the manifest that was written, or found if nothing was left to do
   * @throws UserException in one line if the split cannot be used, the output holds something else
   *     or a task fails
   */
  public ShardManifest run(Options options, Teacher teacher, LongAccumulator samples) {
    ShardSet shards = ShardSet.open(options.data(), spark.hadoopConfiguration());
    options.input().requireFits(shards, TruthKind.CLASS_LABEL);
    ShardManifest given = shards.manifest();
    requirePlace(storage, options.data(), options.output());
    Path folder = Storage.path(options.output());
    ShardManifest.Source source = given.source().withTeacher(options.teacher());
    SplitFolder output = new SplitFolder(storage, folder, source);
    output.requireOwn(given.classes());
    output.claim();
    try (ShardReports reports = new ShardReports(spark, GROUP, COMMAND, folder)) {
      return write(options, teacher, samples, shards, output, reports);
    }
  }

  private ShardManifest write(
      Options options,
      Teacher teacher,
      LongAccumulator samples,
      ShardSet shards,
      SplitFolder output,
      ShardReports reports) {
    ShardManifest given = shards.manifest();
    ShardManifest.Source source = given.source().withTeacher(options.teacher());
    SampleColumns columns = new SampleColumns(given.kind(), options.teacher().classes());
    TreeMap<Integer, ShardWriter.Written> whole = reports.wholeShards(output, columns);
    whole.values().removeIf(found -> found.shard().rows() != given.rows()[found.index()]);
    if (output.manifest().isPresent() && whole.size() == given.shards().size()) {
      output.clear();
      return output.manifest().get();
    }
    output.withdrawManifest();
    List<Integer> missing =
        IntStream.range(0, given.shards().size())
            .filter(shard -> !whole.containsKey(shard))
            .boxed()
            .toList();
    LogitsTask.Spec spec =
        new LogitsTask.Spec(
            shards.location(),
            output.folder().toString(),
            columns,
            options.input(),
            options.batchSize(),
            options.readerThreads());
    int tasks = Math.min(missing.size(), options.tasks());
    if (tasks > 0) {
      JavaRDD<String> written =
          spark
              .parallelize(missing, tasks)
              .mapPartitions(new LogitsTask(reports.hadoop(), spec, teacher, samples));
      String text =
          Text.format("answers of %s for %d shards", source.teacher().file(), missing.size());
      reports.collect(text, written, () -> {}).forEach(shard -> whole.put(shard.index(), shard));
    }
    copy(ShardManifest.REJECTED_FILE, shards, output.folder());
    if (given.noted() > 0) {
      copy(ShardManifest.NOTES_FILE, shards, output.folder());
    }
    ShardManifest manifest = taught(given, source, whole.values());
    output.finish(manifest);
    return manifest;
  }

  private static ShardManifest taught(
      ShardManifest given, ShardManifest.Source source, Collection<ShardWriter.Written> written) {
    return new ShardManifest(
        ShardManifest.SCHEMA_VERSION,
        given.kind(),
        given.split(),
        given.classes(),
        source,
        given.accepted(),
        given.rejected(),
        given.ignored(),
        given.noted(),
        written.stream().map(ShardWriter.Written::shard).toList());
  }

  /**
   * Checks the place of the new split, without Spark.
   *
   * @param data URI or path of the split
   * @param output URI or path of the new split's folder
   * @throws UserException in one line if it holds something else or cannot be written
   */
  public static void requirePlace(Storage storage, String data, String output) {
    new OutputPlaces(storage)
        .readsAllOf("--data", data)
        .folder("--output", output, PlaceContent.SPLIT, Existing.CONTINUE);
  }

  private void copy(String name, ShardSet shards, Path folder) {
    Path list = new Path(shards.location(), name);
    String lines = storage.exists(list) ? storage.readText(list, LIST_LIMIT) : "";
    storage.writeText(new Path(folder, name), lines);
  }
}
