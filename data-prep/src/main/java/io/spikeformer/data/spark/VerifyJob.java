package io.spikeformer.data.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardCheck;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/** Reads a prepared split again, all of it: one task a shard. */
public final class VerifyJob {
  private static final int LIST_LIMIT = 1 << 30;

  private final JavaSparkContext spark;

  /** A job on a running Spark context. */
  public VerifyJob(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * The result of the check.
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
   * Checks a split: checksums, counts, label ranges, that everything can be decoded, and that no
   * two annotations have one id.
   *
   * @param data URI or path of the split
   * @throws io.spikeformer.data.storage.UserException if there is no prepared split, or a shard is
   *     missing
   */
  public Result run(String data) {
    ShardSet set = ShardSet.open(data, spark.hadoopConfiguration());
    List<Integer> shards = IntStream.range(0, set.manifest().shards().size()).boxed().toList();
    SameBuild.of().require(spark, shards.size());
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    // read once: what was found is asked for again where annotations are compared
    JavaRDD<CheckedShard> checked =
        spark
            .parallelize(shards, shards.size())
            .map(new CheckTask(hadoop, set.location()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      String text = "verify " + shards.size() + " shards of " + data;
      return JobDescription.during(spark, "verification", text, () -> result(set, checked));
    } finally {
      Broadcasts.unpersist(checked);
      Broadcasts.destroy(hadoop);
    }
  }

  private Result result(ShardSet set, JavaRDD<CheckedShard> checked) {
    long samples = 0;
    List<String> problems = new ArrayList<>();
    for (String report : checked.map(CheckedShard::findings).collect()) {
      ShardCheck.Findings findings = ManifestFormat.fromJson(report, ShardCheck.Findings.class);
      samples += findings.samples();
      problems.addAll(findings.problems());
    }
    if (set.manifest().kind().truth() == TruthKind.OBJECTS) {
      problems.addAll(AnnotationIds.problems(checked));
    }
    checkList(set, ShardManifest.REJECTED_FILE, set.manifest().rejected(), problems);
    checkList(set, ShardManifest.NOTES_FILE, set.manifest().noted(), problems);
    return new Result(set.manifest(), samples, problems);
  }

  private void checkList(ShardSet set, String name, long expected, List<String> problems) {
    Storage storage = new Storage(spark.hadoopConfiguration());
    Path list = new Path(set.location(), name);
    long listed = storage.exists(list) ? storage.readText(list, LIST_LIMIT).lines().count() : 0;
    if (listed != expected) {
      problems.add(Text.format("%s: expected %d lines, found %d", name, expected, listed));
    }
  }

  /** Checks one shard. */
  private static final class CheckTask implements Function<Integer, CheckedShard> {
    private static final long serialVersionUID = 1;

    private final Broadcast<SerializableConfiguration> hadoop;
    private final String data;

    CheckTask(Broadcast<SerializableConfiguration> hadoop, String data) {
      this.hadoop = hadoop;
      this.data = data;
    }

    @Override
    public CheckedShard call(Integer shard) {
      List<String> keys = new ArrayList<>();
      List<long[]> ids = new ArrayList<>();
      ShardSet set = ShardSet.open(data, hadoop.value().value());
      ShardCheck check =
          new ShardCheck(
              set,
              (key, annotations) -> {
                keys.add(key);
                ids.add(annotations);
              });
      return new CheckedShard(
          ManifestFormat.toJson(check.check(shard)),
          keys.toArray(String[]::new),
          ids.toArray(long[][]::new));
    }
  }
}
