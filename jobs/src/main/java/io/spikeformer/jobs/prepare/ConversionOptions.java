package io.spikeformer.jobs.prepare;

import io.spikeformer.common.Text;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.spark.PrepareInputs;
import io.spikeformer.data.spark.PrepareJob;
import io.spikeformer.data.spark.PrepareOptions;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.jobs.cli.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every conversion, and the way it is run. */
public final class ConversionOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "The dataset: a folder or an archive, a path or a URI.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Folder that receives a folder of shards for the split.")
  private String target;

  @Option(
      names = "--split",
      required = true,
      paramLabel = "NAME",
      description = "Name of the split, for example train.")
  private String split;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "" + PrepareOptions.DEFAULT_SHARDS,
      description = "Number of shards.",
      converter = PositiveNumber.class)
  private int shards;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the shuffle.")
  private long seed;

  @Option(
      names = "--max-rejected-fraction",
      paramLabel = "F",
      defaultValue = "" + PrepareOptions.DEFAULT_MAX_REJECTED_FRACTION,
      description = "Part of the input that may be unusable before the job fails.")
  private double maxRejectedFraction;

  /** The dataset's place. */
  String input() {
    return input;
  }

  /** The split's name. */
  String split() {
    return split;
  }

  /** The split of a kind of dataset, without settings. */
  DatasetSpec dataset(String kind) {
    return Usage.of(spec, () -> DatasetSpec.of(kind, input, split));
  }

  /** The options of the conversion. */
  PrepareOptions of(DatasetSpec dataset) {
    return Usage.of(
        spec,
        () ->
            PrepareOptions.of(dataset, target)
                .withShards(shards)
                .withSeed(seed)
                .withMaxRejectedFraction(maxRejectedFraction));
  }

  /** Runs a conversion on a Spark of its own and prints what it gave. */
  void run(PrepareOptions options, OutputOptions output) {
    PrepareInputs inputs = PrepareInputs.of(options, new Storage(HadoopSettings.configuration()));
    try (RunningSpark running =
        SparkSessions.startConversion("spikeformer prepare " + split, sparkOptions)) {
      SparkSession spark = running.session();
      ShardManifest manifest = prepare(spark, inputs);
      output.print(() -> describe(manifest), () -> json(manifest));
    }
  }

  /** Runs a conversion and shows its progress. */
  public static ShardManifest prepare(SparkSession spark, PrepareInputs inputs) {
    try (PrepareDisplay display = new PrepareDisplay("preparing " + inputs.split())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return new PrepareJob(context, display).run(inputs);
    }
  }

  /** One line about what was prepared. */
  public static String describe(ShardManifest manifest) {
    return Text.format(
        "%s: %,d samples of %d classes in %d shards, %d rejected, %d hidden files ignored;"
            + " %,d bytes became %,d%s",
        manifest.split(),
        manifest.accepted(),
        manifest.classes().size(),
        manifest.shards().size(),
        manifest.rejected(),
        manifest.ignored(),
        manifest.source().bytes(),
        bytes(manifest),
        manifest.noted() == 0
            ? ""
            : Text.format("; %d notes in %s", manifest.noted(), ShardManifest.NOTES_FILE));
  }

  private static long bytes(ShardManifest manifest) {
    return manifest.shards().stream().mapToLong(ShardManifest.Shard::bytes).sum();
  }

  private static Map<String, ?> json(ShardManifest manifest) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("split", manifest.split());
    object.put("accepted", manifest.accepted());
    object.put("rejected", manifest.rejected());
    object.put("ignored", manifest.ignored());
    object.put("notes", manifest.noted());
    object.put("classes", manifest.classes());
    object.put("shards", manifest.shards().size());
    object.put("bytes", bytes(manifest));
    object.put("inputBytes", manifest.source().bytes());
    return object;
  }
}
