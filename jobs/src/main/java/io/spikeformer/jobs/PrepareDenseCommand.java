package io.spikeformer.jobs;

import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.Storage;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.spark.PrepareOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Converts images with boxes, masks or label images into shards; its name is the dataset's. */
@Command(
    description = {
      "Converts images with their annotations into shards.",
      "coco: a folder of images, and --annotations. ade20k: ADEChallengeData2016. voc2012:"
          + " VOCdevkit/VOC2012. Files that cannot be used are listed in _rejected.jsonl. A"
          + " conversion that was stopped goes on where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer prepare coco --input val2017 --output shards/coco --split val \\",
      "    --annotations annotations/instances_val2017.json",
      "  jobs/spikeformer prepare ade20k --input ADEChallengeData2016 --output shards/ade20k \\",
      "    --split train"
    })
abstract class PrepareDenseCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "Folder of the dataset; of coco, the folder of images.")
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
      names = "--annotations",
      paramLabel = "PATH",
      description = "Of coco: the file of objects of the split.",
      showDefaultValue = Visibility.NEVER)
  private String annotations;

  @Option(
      names = "--labels",
      paramLabel = "SET",
      description = "Of voc2012: 'augmented' takes the label images in SegmentationClassAug.",
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
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Seed of the shuffle.")
  private long seed;

  @Option(
      names = "--max-rejected-fraction",
      paramLabel = "F",
      defaultValue = "" + PrepareOptions.DEFAULT_MAX_REJECTED_FRACTION,
      description = "Part of the images that may be unusable before the job fails.")
  private double maxRejectedFraction;

  @Override
  public void run() {
    PrepareOptions options =
        PrepareOptions.of(dataset(), target)
            .withShards(shards)
            .withSeed(seed)
            .withMaxRejectedFraction(maxRejectedFraction);
    try (SparkSession spark = SparkSessions.start("spikeformer prepare " + split, sparkOptions)) {
      ShardManifest manifest = PrepareImagenetCommand.prepare(spark, options);
      output.print(
          () -> PrepareImagenetCommand.describe(manifest),
          () -> PrepareImagenetCommand.json(manifest));
    }
  }

  /** Objects in images. */
  @Command(name = "coco")
  static final class Coco extends PrepareDenseCommand {}

  /** Scenes, every pixel of them. */
  @Command(name = "ade20k")
  static final class Ade20k extends PrepareDenseCommand {}

  /** Objects of 20 classes, every pixel of them. */
  @Command(name = "voc2012")
  static final class Voc2012 extends PrepareDenseCommand {}

  private DatasetSpec dataset() {
    DatasetSpec dataset = DatasetSpec.of(spec.name(), input, split);
    if (annotations != null) {
      dataset = dataset.with("annotations", Storage.path(annotations).toString());
    }
    return labels == null ? dataset : dataset.with("labels", labels);
  }
}
