package io.spikeformer.jobs.score;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.spark.LabelMapScorer;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.tasks.segmentation.SegmentationResult;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores label maps in PNG files. */
@Command(
    name = "segmentation",
    description = {
      "Scores label maps as evaluate does: mean IoU, mean accuracy of classes, pixel accuracy, and"
          + " the results of every class.",
      "Label maps are PNG files of one channel, KEY.png for every sample of the split, of the"
          + " sample's size. Their stored values are classes; infer --output writes such a folder.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer score segmentation --predictions maps --data shards/val")
public final class ScoreSegmentationCommand implements Runnable {
  @Mixin private SparkOptions sparkOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--predictions",
      required = true,
      paramLabel = "URI",
      description = "Folder of label maps, at any depth as the keys have it.")
  private String predictions;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "Prepared split with the true label maps.")
  private String data;

  @Option(
      names = "--coding",
      paramLabel = "CODING",
      defaultValue = "labels",
      description = {
        "Numbers of the classes: labels (from 0)",
        "or ade20k (from 1, as ADE20K's own label images)."
      })
  private LabelMapScorer.Coding coding;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "JSON file that receives all figures and the confusion matrix.")
  private String target;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    Storage storage = new Storage(HadoopSettings.configuration());
    OutputPlaces places =
        new OutputPlaces(storage)
            .readsAllOf("--predictions", predictions)
            .readsAllOf("--data", data);
    Optional<Path> file =
        Optional.ofNullable(target)
            .map(place -> places.file("--output", place, PlaceContent.JSON, overwrite.existing()));
    LabelMapScorer scorer = new LabelMapScorer(predictions, data, coding, storage.configuration());
    try (RunningSpark running = SparkSessions.start("spikeformer score", sparkOptions)) {
      SparkSession spark = running.session();
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      SegmentationResult result =
          SegmentationResult.of(scorer.count(context), scorer.classes(), false);
      ObjectNode json = json(result);
      file.ifPresent(place -> storage.writeText(place, json.toPrettyString() + "\n"));
      output.print(() -> SegmentationText.of(result), () -> json);
    }
  }

  private ObjectNode json(SegmentationResult result) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("predictions", predictions);
    object.put("truth", data);
    object.setAll(result.fields());
    object.remove("examples");
    return object;
  }
}
