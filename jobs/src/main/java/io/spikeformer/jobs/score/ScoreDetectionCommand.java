package io.spikeformer.jobs.score;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.CocoResults;
import io.spikeformer.data.detection.DetectionBytes;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.spark.DetectionScorer;
import io.spikeformer.eval.spark.DetectionTruth;
import io.spikeformer.eval.spark.ScoredImage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.tasks.detection.DetectionCounts;
import io.spikeformer.tasks.detection.DetectionResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores boxes and masks in COCO's format of results. */
@Command(
    name = "detection",
    description = {
      "Scores detections as pycocotools does: average precision and recall over IoU 0.50 to 0.95,"
          + " of all, small, medium and large objects, and of every class.",
      "Results are a JSON array of image_id, category_id, score, and bbox or segmentation or both.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer score detection --results results.json \\",
      "    --annotations annotations/instances_val2017.json"
    })
public final class ScoreDetectionCommand implements Runnable {
  @Mixin private SparkOptions sparkOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "FILE",
      description = "Results of a model, in COCO's format.")
  private String results;

  @ArgGroup(multiplicity = "1")
  private Truth truth;

  /** The objects that should be found. */
  private static final class Truth {
    @Option(
        names = "--annotations",
        paramLabel = "FILE",
        description = "Objects of the images in COCO's format, such as instances_val2017.json.")
    private String annotations;

    @Option(
        names = "--data",
        paramLabel = "URI",
        description =
            "Or a prepared split with COCO's 80 classes and images named by their ids, such as"
                + " 000000397133.jpg.")
    private String data;
  }

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "Score boxes (bbox) or masks (segm) alone (default: each that the first result has).",
      showDefaultValue = Visibility.NEVER)
  private IouType type;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "JSON file that receives all figures and curves.")
  private String target;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    Storage storage = new Storage(HadoopSettings.configuration());
    OutputPlaces places =
        new OutputPlaces(storage)
            .reads("--results", results)
            .reads("--annotations", truth.annotations)
            .readsAllOf("--data", truth.data);
    Optional<Path> file =
        Optional.ofNullable(target)
            .map(place -> places.file("--output", place, PlaceContent.JSON, overwrite.existing()));
    // what can be refused without Spark is refused before it starts
    Optional<Input> read =
        truth.data == null ? Optional.of(read(storage, annotations(storage))) : Optional.empty();
    if (truth.data != null) {
      DetectionTruth.requireUsable(truth.data, storage.configuration());
    }
    try (RunningSpark running = SparkSessions.start("spikeformer score", sparkOptions)) {
      SparkSession spark = running.session();
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      Input input = read.orElseGet(() -> read(storage, DetectionTruth.read(context, truth.data)));
      List<DetectionResult> scored = score(context, input);
      ObjectNode json = json(scored);
      file.ifPresent(place -> storage.writeText(place, json.toPrettyString() + "\n"));
      output.print(() -> text(scored), () -> json);
    }
  }

  private DetectionTruth annotations(Storage storage) {
    Path file = Storage.path(truth.annotations);
    return DetectionTruth.of(CocoDataset.read(() -> storage.open(file), file.toString()));
  }

  /**
   * Everything that is scored.
   *
   * @param classes names by label
   * @param images with objects and detections
   * @param types what is compared
   */
  private record Input(List<String> classes, List<ScoredImage> images, Set<IouType> types) {}

  private Input read(Storage storage, DetectionTruth objects) {
    Path file = Storage.path(results);
    Map<Long, DetectionBytes> found = new HashMap<>();
    Set<IouType> types =
        CocoResults.read(
            storage.open(file),
            file.toString(),
            objects.index(),
            type == null ? Set.of() : Set.of(type),
            (image, detection) ->
                found.computeIfAbsent(image.id(), id -> new DetectionBytes()).add(detection));
    List<ScoredImage> images = new ArrayList<>();
    for (ScoredImage image : objects.images().values()) {
      // taken out, so that no detection is kept twice
      DetectionBytes detections = found.remove(image.id());
      images.add(detections == null ? image : image.withDetections(detections.bytes()));
    }
    Set<IouType> compared = types.isEmpty() ? Set.of(IouType.BOX) : types;
    if (compared.contains(IouType.MASK)) {
      images.forEach(ScoreDetectionCommand::requireMasks);
    }
    return new Input(objects.index().classes(), images, compared);
  }

  private static void requireMasks(ScoredImage image) {
    image.objects().stream()
        .filter(object -> object.mask().isEmpty())
        .findFirst()
        .ifPresent(
            object -> {
              throw new UserException(
                  "type segm: expected objects with masks, found annotation %d of image %d, a box"
                      + " alone; give --type bbox",
                  object.id(), image.id());
            });
  }

  private static List<DetectionResult> score(JavaSparkContext spark, Input input) {
    return input.types().stream()
        .map(
            measure -> {
              DetectionCounts counts =
                  DetectionScorer.count(spark, input.images(), input.classes().size(), measure);
              return DetectionResult.of(counts, input.classes());
            })
        .toList();
  }

  private static String text(List<DetectionResult> scored) {
    return scored.stream()
        .map(DetectionText::of)
        .collect(Collectors.joining(System.lineSeparator()))
        .stripTrailing();
  }

  private ObjectNode json(List<DetectionResult> scored) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("results", results);
    object.put("truth", truth.data == null ? truth.annotations : truth.data);
    scored.forEach(result -> object.set(result.measure().label(), result.toJson()));
    return object;
  }
}
