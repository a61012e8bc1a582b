package io.spikeformer.jobs.prepare;

import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Converts images with boxes, masks or label images into shards; its name is the dataset's. */
@Command(
    description = {
      "Converts images with their annotations into shards.",
      "coco: images, and --annotations. ade20k: ADEChallengeData2016. voc2012: VOCdevkit/VOC2012."
          + " segmentation: your own images/SPLIT/NAME.jpg, annotations/SPLIT/NAME.png (labels from"
          + " 0, 255 ignored) and classes.txt (a name a line). detection: your own images/SPLIT/"
          + " and annotations/SPLIT.json in COCO's form. Each as a folder, or as the .zip or .tar"
          + " file that was downloaded, which is read in place. Objects may be boxes alone, without"
          + " masks. Files that cannot be used are listed in _rejected.jsonl, decisions about"
          + " others in _notes.jsonl. A conversion that was stopped goes on where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer prepare coco --input val2017.zip --output shards/coco --split val \\",
      "    --annotations annotations_trainval2017.zip",
      "  jobs/spikeformer prepare ade20k --input ADEChallengeData2016 --output shards/ade20k \\",
      "    --split train"
    })
abstract class PrepareDenseCommand implements Runnable {
  private static final String AUGMENTED = "augmented";

  @Spec private CommandSpec spec;
  @Mixin private ConversionOptions conversion;
  @Mixin private OutputOptions output;

  @Option(
      names = "--annotations",
      paramLabel = "PATH",
      description =
          "For coco: the file of objects of the split, or a .zip file that holds it:"
              + " instances_SPLIT2017.json, or the member named after a '!'.",
      showDefaultValue = Visibility.NEVER)
  private String annotations;

  @Option(
      names = "--labels",
      paramLabel = "SET",
      description = "For voc2012: 'augmented' takes the label images in SegmentationClassAug.",
      showDefaultValue = Visibility.NEVER)
  private String labels;

  @Override
  public void run() {
    conversion.run(conversion.of(dataset()), output);
  }

  /** Objects in images. */
  @Command(name = "coco")
  static final class Coco extends PrepareDenseCommand {}

  /** Objects in images of anyone. */
  @Command(name = "detection")
  static final class DetectionCommand extends PrepareDenseCommand {}

  /** Scenes, every pixel of them. */
  @Command(name = "ade20k")
  static final class Ade20kCommand extends PrepareDenseCommand {}

  /** Objects of 20 classes, every pixel of them. */
  @Command(name = "voc2012")
  static final class Voc2012Command extends PrepareDenseCommand {}

  /** Images of anyone, every pixel of them. */
  @Command(name = "segmentation")
  static final class SegmentationCommand extends PrepareDenseCommand {}

  private DatasetSpec dataset() {
    DatasetSpec dataset = conversion.dataset(spec.name());
    requireOptionOf("coco", "--annotations", annotations);
    requireOptionOf("voc2012", "--labels", labels);
    if (labels != null && !labels.equals(AUGMENTED)) {
      throw wrong("--labels: expected '" + AUGMENTED + "', found '" + labels + "'");
    }
    if (annotations == null && spec.name().equals("coco")) {
      throw wrong(
          "--annotations: expected the file of the split, such as instances_train2017.json, found"
              + " none");
    }
    if (annotations != null) {
      dataset = dataset.with("annotations", Storage.path(annotations).toString());
    }
    return labels == null ? dataset : dataset.with("labels", labels);
  }

  private void requireOptionOf(String dataset, String option, String value) {
    if (value != null && !spec.name().equals(dataset)) {
      throw wrong(option + ": an option of " + dataset + " alone, found with " + spec.name());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
