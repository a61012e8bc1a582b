package io.spikeformer.jobs;

import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.Storage;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.ImageNet;
import io.spikeformer.data.spark.PrepareJob;
import io.spikeformer.data.spark.PrepareOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Converts images in class folders into shards. */
@Command(
    name = "imagenet",
    description = {
      "Converts images in class folders into shards.",
      "The input holds split/class/file or class/file: JPEG and PNG files in folders or in a .tar"
          + " or .tar.gz archive; or it is ILSVRC2012_img_train.tar as it was downloaded,"
          + " ILSVRC2012_img_val.tar with --labels, or the folder of Kaggle's download. Files that"
          + " are no images are listed in _rejected.jsonl. A conversion that was stopped goes on"
          + " where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer prepare imagenet --input cifar10-train.tar.gz --output shards \\",
      "    --split train",
      "  jobs/spikeformer prepare imagenet --input ILSVRC2012_img_val.tar --output shards \\",
      "    --split val --labels ILSVRC2012_devkit_t12.tar.gz --short-side 256"
    })
final class PrepareImagenetCommand implements Runnable {
  @Mixin private SparkOptions sparkOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "Folder or archive, a path or a URI.")
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
      names = "--labels",
      paramLabel = "PATH",
      description =
          "Labels of images without class folders: a CSV file of image,class after a heading, or"
              + " ImageNet's ILSVRC2012_devkit_t12.tar.gz.",
      showDefaultValue = Visibility.NEVER)
  private String labels;

  @Option(
      names = "--shards",
      paramLabel = "N",
      defaultValue = "" + PrepareOptions.DEFAULT_SHARDS,
      description = "Number of shards.",
      converter = PositiveNumber.class)
  private int shards;

  @Option(
      names = "--short-side",
      paramLabel = "PX",
      defaultValue = "0",
      description = "Short side to which larger images are reduced; 0 keeps the original files.")
  private int shortSide;

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
      description = "Part of the files that may be no images before the job fails.")
  private double maxRejectedFraction;

  @Override
  public void run() {
    PrepareOptions options =
        PrepareOptions.of(dataset(), target)
            .withShards(shards)
            .withShortSide(shortSide)
            .withSeed(seed)
            .withMaxRejectedFraction(maxRejectedFraction);
    try (SparkSession spark = SparkSessions.start("spikeformer prepare " + split, sparkOptions)) {
      ShardManifest manifest = prepare(spark, options);
      output.print(() -> describe(manifest), () -> json(manifest));
    }
  }

  private DatasetSpec dataset() {
    DatasetSpec dataset = DatasetSpec.of(ImageNet.NAME, input, split);
    return labels == null
        ? dataset
        : dataset.with(ImageNet.LABELS, Storage.path(labels).toString());
  }

  /** Runs a conversion and shows its progress. */
  static ShardManifest prepare(SparkSession spark, PrepareOptions options) {
    try (PrepareDisplay display = new PrepareDisplay("preparing " + options.dataset().split())) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return new PrepareJob(context, display).run(options);
    }
  }

  /** One line about what was prepared. */
  static String describe(ShardManifest manifest) {
    return String.format(
        Locale.ROOT,
        "%s: %,d images of %d classes in %d shards, %d rejected, %d hidden files ignored",
        manifest.split(),
        manifest.accepted(),
        manifest.classes().size(),
        manifest.shards().size(),
        manifest.rejected(),
        manifest.ignored());
  }

  /** What was prepared, for --json. */
  static Map<String, ?> json(ShardManifest manifest) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("split", manifest.split());
    object.put("accepted", manifest.accepted());
    object.put("rejected", manifest.rejected());
    object.put("ignored", manifest.ignored());
    object.put("classes", manifest.classes());
    object.put("shards", manifest.shards().size());
    object.put("bytes", manifest.shards().stream().mapToLong(ShardManifest.Shard::bytes).sum());
    return object;
  }
}
