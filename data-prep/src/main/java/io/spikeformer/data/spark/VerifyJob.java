package io.spikeformer.data.spark;

import io.spikeformer.data.ManifestFormat;
import io.spikeformer.data.ShardCheck;
import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.ShardSet;
import io.spikeformer.data.Storage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Reads a prepared split again, all of it: one task a shard. */
public final class VerifyJob {
  private static final int REJECTED_LIMIT = 1 << 30;

  private final JavaSparkContext spark;

  /** A job on a running Spark context. */
  public VerifyJob(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * What was found.
   *
   * @param manifest of the split
   * @param samples that could be read
   * @param problems one line each, by shard; none in a good split
   */
  public record Result(ShardManifest manifest, long samples, List<String> problems) {
    /** Copies the list. */
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Checks a split: checksums, counts, label ranges, and that everything can be decoded.
   *
   * @param data URI or path of the split
   * @throws io.spikeformer.data.DataException if there is no prepared split, or a shard is missing
   */
  public Result run(String data) {
    ShardSet set = ShardSet.open(data, spark.hadoopConfiguration());
    List<Integer> shards = IntStream.range(0, set.manifest().shards().size()).boxed().toList();
    long samples = 0;
    List<String> problems = new ArrayList<>();
    for (String report : check(set, shards, data)) {
      ShardCheck.Findings findings = ManifestFormat.fromJson(report, ShardCheck.Findings.class);
      samples += findings.samples();
      problems.addAll(findings.problems());
    }
    checkRejections(set, problems);
    return new Result(set.manifest(), samples, problems);
  }

  /** What one task a shard finds. */
  private List<String> check(ShardSet set, List<Integer> shards, String data) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    try {
      JavaRDD<String> checks =
          spark.parallelize(shards, shards.size()).flatMap(new CheckTask(hadoop, set.location()));
      String text = "verify " + shards.size() + " shards of " + data;
      return JobDescription.during(spark, "verification", text, checks::collect);
    } finally {
      Broadcasts.destroy(hadoop);
    }
  }

  private void checkRejections(ShardSet set, List<String> problems) {
    Storage storage = new Storage(spark.hadoopConfiguration());
    Path list = new Path(set.location(), ShardManifest.REJECTED_FILE);
    long listed = storage.exists(list) ? storage.readText(list, REJECTED_LIMIT).lines().count() : 0;
    if (listed != set.manifest().rejected()) {
      problems.add(
          "%s: expected %d lines, found %d"
              .formatted(ShardManifest.REJECTED_FILE, set.manifest().rejected(), listed));
    }
  }

  /** Checks one shard; gives its findings as JSON. */
  private static final class CheckTask implements FlatMapFunction<Integer, String> {
    private static final long serialVersionUID = 1;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final String data;

    CheckTask(Broadcast<SerializableConfiguration> hadoop, String data) {
      this.hadoop = hadoop;
      this.data = data;
    }

    @Override
    public Iterator<String> call(Integer shard) {
      ShardCheck check = new ShardCheck(ShardSet.open(data, hadoop.value().value()));
      return List.of(ManifestFormat.toJson(check.check(shard))).iterator();
    }
  }
}
