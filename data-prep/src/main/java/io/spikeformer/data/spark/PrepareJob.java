package io.spikeformer.data.spark;

import io.spikeformer.data.DataException;
import io.spikeformer.data.ManifestFormat;
import io.spikeformer.data.Rejection;
import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.ShardWriter;
import io.spikeformer.data.Storage;
import io.spikeformer.data.Task;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.Datasets;
import io.spikeformer.data.source.SourceIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Converts a raw dataset into shards: OUTPUT/SPLIT/part-NNNNN.parquet, the list of rejected files
 * and, last, the manifest.
 *
 * <p>The input is read part by part, every file is sent to its shard, and each shard is checked,
 * reduced and written by one task in the order of a seeded hash. So the bytes depend on (input,
 * seed, shards, settings) alone, and a run that was stopped goes on with the shards that it lacks.
 */
public final class PrepareJob {
  private static final String GROUP = "preparation";
  private static final int POLL_MILLISECONDS = 500;

  private final JavaSparkContext spark;
  private final PrepareListener listener;
  private final Storage storage;
  private final SerializableConfiguration configuration;

  /** A job on a running Spark context. */
  public PrepareJob(JavaSparkContext spark, PrepareListener listener) {
    this.spark = spark;
    this.listener = listener;
    this.storage = new Storage(spark.hadoopConfiguration());
    this.configuration = new SerializableConfiguration(spark.hadoopConfiguration());
  }

  /**
   * Prepares one split.
   *
   * @param options what and how
   * @return the manifest that was written, or found if nothing was left to do
   * @throws DataException if the input cannot be used, too much of it is rejected, or the output
   *     holds something else
   */
  public ShardManifest run(PrepareOptions options) {
    Path folder = new Path(Storage.path(options.output()), options.dataset().split());
    Dataset dataset = Datasets.open(storage, options.dataset());
    SourceIndex index = dataset.index();
    OutputFolder output = new OutputFolder(storage, folder, source(options, index));
    output.claim(index.classes());
    listener.started(index.files(), index.bytes());

    TreeMap<Integer, ShardWriter.Written> shards = wholeShards(output, dataset.task());
    ShardManifest manifest;
    if (output.manifest().isPresent() && shards.size() == options.shards()) {
      manifest = output.manifest().get();
      output.clear();
    } else {
      output.withdrawManifest();
      writeMissing(options, output, index, shards);
      manifest = finish(options, dataset.task(), output, index, List.copyOf(shards.values()));
    }
    listener.finished(manifest);
    return manifest;
  }

  private static ShardManifest.Source source(PrepareOptions options, SourceIndex index) {
    DatasetSpec dataset = options.dataset();
    return new ShardManifest.Source(
        dataset.dataset(),
        dataset.input(),
        index.files(),
        index.bytes(),
        options.seed(),
        options.shards(),
        dataset.settings());
  }

  /** The shards of an earlier run that can be kept, by index. */
  private TreeMap<Integer, ShardWriter.Written> wholeShards(OutputFolder output, Task task) {
    TreeMap<Integer, ShardWriter.Written> whole = new TreeMap<>();
    List<Integer> present = output.presentShards();
    if (!present.isEmpty()) {
      JavaRDD<String> reports =
          spark
              .parallelize(present, present.size())
              .flatMap(new InspectTask(configuration, output.folder(), task));
      String text = "check " + present.size() + " shards that are there";
      for (ShardWriter.Written found : collect(text, reports, output, () -> {})) {
        if (output.agrees(found)) {
          whole.put(found.index(), found);
        }
      }
    }
    return whole;
  }

  /** Writes the shards that are not there yet and adds them. */
  private void writeMissing(
      PrepareOptions options,
      OutputFolder output,
      SourceIndex index,
      TreeMap<Integer, ShardWriter.Written> shards) {
    if (shards.size() == options.shards()) {
      return;
    }
    Set<Integer> whole = Set.copyOf(shards.keySet());
    PrepareCounters counters = new PrepareCounters(spark.sc());
    JavaRDD<String> reports =
        spark
            .parallelize(index.parts(), index.parts().size())
            .mapPartitionsToPair(new ReadTask(configuration, options, whole, counters))
            .repartitionAndSortWithinPartitions(new ShardPartitioner(options.shards()))
            .mapPartitionsWithIndex(
                new WriteTask(
                    configuration, output.folder(), options.dataset(), index, whole, counters),
                false);
    String text =
        "prepare %s: %d files into %d shards"
            .formatted(options.dataset().split(), index.files(), options.shards() - shards.size());
    for (ShardWriter.Written written :
        collect(text, reports, output, () -> counters.tell(listener))) {
      shards.put(written.index(), written);
    }
  }

  private static ShardManifest finish(
      PrepareOptions options,
      Task task,
      OutputFolder output,
      SourceIndex index,
      List<ShardWriter.Written> shards) {
    List<Rejection> rejections = new ArrayList<>(index.rejected());
    shards.forEach(shard -> rejections.addAll(shard.rejected()));
    rejections.sort(Comparator.comparing(Rejection::path).thenComparing(Rejection::reason));
    Path list = output.writeRejections(rejections);
    long accepted = shards.stream().mapToLong(shard -> shard.shard().rows()).sum();
    requireEveryFile(index, accepted + rejections.size());
    requireFewRejections(options, index, rejections, list);
    ShardManifest manifest =
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            task,
            options.dataset().split(),
            index.classes(),
            source(options, index),
            accepted,
            rejections.size(),
            index.ignored(),
            shards.stream().map(ShardWriter.Written::shard).toList());
    output.finish(manifest);
    return manifest;
  }

  private static void requireEveryFile(SourceIndex index, long handled) {
    if (handled != index.files()) {
      throw new DataException(
          ("input changed while it was read: expected %d files, found %d; prepare it again into"
                  + " another output")
              .formatted(index.files(), handled));
    }
  }

  private static void requireFewRejections(
      PrepareOptions options, SourceIndex index, List<Rejection> rejections, Path list) {
    double fraction = (double) rejections.size() / index.files();
    if (fraction > options.maxRejectedFraction()) {
      Rejection first = rejections.get(0);
      throw new DataException(
          ("too many rejected files: expected at most a fraction of %s, found %d of %d (%.4f), the"
                  + " first is %s (%s); see %s, then mend the input or raise max-rejected-fraction")
              .formatted(
                  options.maxRejectedFraction(),
                  rejections.size(),
                  index.files(),
                  fraction,
                  first.path(),
                  first.reason(),
                  list));
    }
  }

  /** Runs the tasks and reads their reports, telling of progress meanwhile. */
  private List<ShardWriter.Written> collect(
      String description, JavaRDD<String> reports, OutputFolder output, Runnable progress) {
    JavaFutureAction<List<String>> action =
        JobDescription.during(spark, GROUP, description, reports::collectAsync);
    try {
      while (true) {
        try {
          List<String> lines = action.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
          progress.run();
          return lines.stream()
              .map(line -> ManifestFormat.fromJson(line, ShardWriter.Written.class))
              .toList();
        } catch (TimeoutException running) {
          progress.run();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DataException(
          "interrupted: %s is unfinished; run prepare again to go on".formatted(output.folder()),
          interrupted);
    } catch (ExecutionException failure) {
      throw plain(failure, output);
    } finally {
      // of no effect on a job that has ended
      action.cancel(true);
    }
  }

  /** The one-line failure that a task threw, without Spark's report around it. */
  private static DataException plain(ExecutionException failure, OutputFolder output) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof DataException)) {
      cause = cause.getCause();
    }
    String reason = cause == null ? String.valueOf(failure.getMessage()) : cause.getMessage();
    return new DataException(
        "prepare failed: %s (%s is unfinished; run prepare again to go on)"
            .formatted(reason.lines().findFirst().orElse(""), output.folder()),
        failure);
  }
}
