package io.spikeformer.data.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.SourceIndex;
import io.spikeformer.data.source.SourcePart;
import io.spikeformer.data.storage.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Converts a raw dataset into shards: OUTPUT/SPLIT/part-NNNNN.parquet, the list of rejected files
 * and, last, the manifest.
 *
 * <p>Each shard is checked, reduced and written by one task in the order of a seeded hash. Files of
 * a folder are read by that task; an archive is read part by part, and every file sent to its
 * shard. So the bytes depend on (input, seed, shards, settings) alone, and a run that was stopped
 * goes on with the shards that it lacks.
 */
public final class PrepareJob {
  private static final String GROUP = "preparation";
  private static final String COMMAND = "prepare";

  private final JavaSparkContext spark;
  private final PrepareListener listener;

  /** A job on a running Spark context. */
  public PrepareJob(JavaSparkContext spark, PrepareListener listener) {
    this.spark = spark;
    this.listener = listener;
  }

  /**
   * Prepares one split.
   *
   * @param options what and how
   * @return the manifest that was written, or found if nothing was left to do
   * @throws UserException if the input cannot be used, too much of it is rejected, or the output
   *     holds something else
   */
  public ShardManifest run(PrepareOptions options) {
    return run(PrepareInputs.of(options, new Storage(spark.hadoopConfiguration())));
  }

  /**
   * Prepares one split whose input has been listed.
   *
   * @throws UserException if too much of it is rejected
   */
  public ShardManifest run(PrepareInputs inputs) {
    SourceIndex index = inputs.index();
    SplitFolder output = inputs.output();
    output.claim();
    listener.started(index.files(), index.bytes());
    ShardManifest manifest;
    try (ShardReports reports = new ShardReports(spark, GROUP, COMMAND, output.folder())) {
      manifest = convert(inputs.options(), inputs.dataset(), index, output, reports);
    }
    listener.finished(manifest);
    return manifest;
  }

  private ShardManifest convert(
      PrepareOptions options,
      Dataset dataset,
      SourceIndex index,
      SplitFolder output,
      ShardReports reports) {
    TreeMap<Integer, ShardWriter.Written> shards =
        reports.wholeShards(output, SampleColumns.of(dataset.kind()));
    if (output.manifest().isPresent() && shards.size() == options.shards()) {
      output.clear();
      // an earlier run may have allowed more
      Path list = new Path(output.folder(), ShardManifest.REJECTED_FILE);
      requireFewRejections(options, index, rejections(index, shards.values()), list);
      listener.noted(notes(index, shards.values()));
      return output.manifest().get();
    }
    output.withdrawManifest();
    if (shards.size() < options.shards()) {
      SameBuild.of().require(spark, options.shards() - shards.size());
      PrepareCounters counters = new PrepareCounters(spark.sc());
      Set<Integer> whole = Set.copyOf(shards.keySet());
      JavaRDD<String> tasks =
          dataset.readsFilesInAnyOrder()
              ? fromFiles(options, reports, index, whole, counters)
              : fromParts(options, reports, index, whole, counters);
      String text =
          Text.format(
              "prepare %s: %d files into %d shards",
              options.dataset().split(), index.files(), options.shards() - whole.size());
      reports
          .collect(text, tasks, () -> counters.tell(listener))
          .forEach(written -> shards.put(written.index(), written));
    }
    return finish(options, dataset.kind(), output, index, List.copyOf(shards.values()));
  }

  /** One task a missing shard, which reads the shard's files. */
  private JavaRDD<String> fromFiles(
      PrepareOptions options,
      ShardReports reports,
      SourceIndex index,
      Set<Integer> whole,
      PrepareCounters counters) {
    ShardMaker maker = new ShardMaker(reports, options.dataset(), index, counters);
    List<Tuple2<Integer, SourcePart>> inputs = ShardInputs.plan(index, options, whole);
    return spark.parallelize(inputs, inputs.size()).map(new FileTask(maker, counters));
  }

  /** One task a part, which sends its files to one task a shard. */
  private JavaRDD<String> fromParts(
      PrepareOptions options,
      ShardReports reports,
      SourceIndex index,
      Set<Integer> whole,
      PrepareCounters counters) {
    ShardMaker maker = new ShardMaker(reports, options.dataset(), index, counters);
    return spark
        .parallelize(index.parts(), index.parts().size())
        .mapPartitionsToPair(new ReadTask(reports.hadoop(), options, whole, counters))
        .repartitionAndSortWithinPartitions(new ShardPartitioner(options.shards()))
        .mapPartitionsWithIndex(new WriteTask(maker, whole), false);
  }

  private ShardManifest finish(
      PrepareOptions options,
      SampleKind kind,
      SplitFolder output,
      SourceIndex index,
      List<ShardWriter.Written> shards) {
    List<Rejection> rejections = rejections(index, shards);
    Path list = output.writeRejections(rejections);
    List<Note> notes = notes(index, shards);
    output.writeNotes(notes);
    long accepted = shards.stream().mapToLong(shard -> shard.shard().rows()).sum();
    requireEveryFile(index, accepted + rejections.size());
    if (accepted == 0) {
      output.abandon();
    }
    requireFewRejections(options, index, rejections, list);
    ShardManifest manifest =
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            kind,
            options.dataset().split(),
            index.classes(),
            output.source(),
            accepted,
            rejections.size(),
            index.ignored(),
            notes.size(),
            shards.stream().map(ShardWriter.Written::shard).toList());
    output.finish(manifest);
    listener.noted(notes);
    return manifest;
  }

  /** The rejections in the index and the footers of the shards, sorted. */
  private static List<Rejection> rejections(
      SourceIndex index, Collection<ShardWriter.Written> shards) {
    List<Rejection> rejections = new ArrayList<>(index.rejected());
    shards.forEach(
        shard -> shard.rejected().forEach(told -> rejections.add(told.below(index.root()))));
    rejections.sort(Comparator.comparing(Rejection::path).thenComparing(Rejection::reason));
    return rejections;
  }

  /** The notes in the index and the footers of the shards, the index's first. */
  private static List<Note> notes(SourceIndex index, Collection<ShardWriter.Written> shards) {
    List<Note> notes = new ArrayList<>();
    shards.forEach(shard -> notes.addAll(shard.notes()));
    notes.sort(Comparator.comparing(Note::path).thenComparing(Note::text));
    notes.addAll(0, index.notes());
    return notes;
  }

  private static void requireEveryFile(SourceIndex index, long handled) {
    if (handled != index.files()) {
      throw new UserException(
          "input changed while it was read: expected %d files, found %d; prepare it again into"
              + " another output",
          index.files(), handled);
    }
  }

  private static void requireFewRejections(
      PrepareOptions options, SourceIndex index, List<Rejection> rejections, Path list) {
    if (rejections.isEmpty()) {
      return;
    }
    Rejection first = rejections.get(0);
    if (rejections.size() == index.files()) {
      throw new UserException(
          "no sample is left: all %d files are rejected, the first is %s (%s); see %s, then mend"
              + " the input or choose other options",
          rejections.size(), first.path(), first.reason(), list);
    }
    double fraction = (double) rejections.size() / index.files();
    if (fraction > options.maxRejectedFraction()) {
      throw new UserException(
          "too many rejected files: expected at most a fraction of %s, found %d of %d (%.4f), the"
              + " first is %s (%s); see %s, then raise max-rejected-fraction, or mend the input"
              + " and delete that folder",
          options.maxRejectedFraction(),
          rejections.size(),
          index.files(),
          fraction,
          first.path(),
          first.reason(),
          list);
    }
  }
}
