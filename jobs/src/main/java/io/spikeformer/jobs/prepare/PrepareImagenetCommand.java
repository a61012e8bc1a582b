package io.spikeformer.jobs.prepare;

import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.ImageNet;
import io.spikeformer.data.spark.PrepareOptions;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.Usage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Converts images in class folders into shards. */
@Command(
    name = "imagenet",
    description = {
      "Converts images in class folders into shards.",
      "The input holds split/class/file or class/file: JPEG and PNG files in folders or in a .tar,"
          + " .tar.gz or .zip archive. Or it is ILSVRC2012_img_train.tar as it was downloaded,"
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
  @Spec private CommandSpec spec;
  @Mixin private ConversionOptions conversion;
  @Mixin private OutputOptions output;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description =
          "Labels of images, wherever they lie: a CSV file of image,class after a heading, or"
              + " ImageNet's ILSVRC2012_devkit_t12.tar.gz.",
      showDefaultValue = Visibility.NEVER)
  private String labels;

  @Option(
      names = "--short-side",
      paramLabel = "PX",
      defaultValue = "0",
      description = "Short side to which larger images are reduced; 0 keeps the original files.")
  private int shortSide;

  @Override
  public void run() {
    PrepareOptions options = conversion.of(dataset());
    conversion.run(Usage.of(spec, () -> options.withShortSide(shortSide)), output);
  }

  private DatasetSpec dataset() {
    DatasetSpec dataset = conversion.dataset(ImageNet.NAME);
    return labels == null
        ? dataset
        : dataset.with(ImageNet.LABELS, Storage.path(labels).toString());
  }
}
