package io.spikeformer.data.spark;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Rejection;
import io.spikeformer.data.ShardColumns;
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
import org.apache.hadoop.fs.Path;
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
  private static final String COMMAND = "prepare";

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
    OutputFolder output = new OutputFolder(storage, folder, source(options, index), COMMAND);
    ShardReports reports = new ShardReports(spark, GROUP, COMMAND, folder);
    output.claim(index.classes());
    listener.started(index.files(), index.bytes());

    TreeMap<Integer, ShardWriter.Written> shards =
        reports.wholeShards(output, ShardColumns.of(dataset.task()));
    ShardManifest manifest;
    if (output.manifest().isPresent() && shards.size() == options.shards()) {
      manifest = output.manifest().get();
      output.clear();
    } else {
      output.withdrawManifest();
      writeMissing(options, reports, index, shards);
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

  /** Writes the shards that are not there yet and adds them. */
  private void writeMissing(
      PrepareOptions options,
      ShardReports reports,
      SourceIndex index,
      TreeMap<Integer, ShardWriter.Written> shards) {
    if (shards.size() == options.shards()) {
      return;
    }
    Set<Integer> whole = Set.copyOf(shards.keySet());
    PrepareCounters counters = new PrepareCounters(spark.sc());
    JavaRDD<String> tasks =
        spark
            .parallelize(index.parts(), index.parts().size())
            .mapPartitionsToPair(new ReadTask(configuration, options, whole, counters))
            .repartitionAndSortWithinPartitions(new ShardPartitioner(options.shards()))
            .mapPartitionsWithIndex(
                new WriteTask(
                    configuration, reports.folder(), options.dataset(), index, whole, counters),
                false);
    String text =
        "prepare %s: %d files into %d shards"
            .formatted(options.dataset().split(), index.files(), options.shards() - shards.size());
    for (ShardWriter.Written written :
        reports.collect(text, tasks, () -> counters.tell(listener))) {
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
}
