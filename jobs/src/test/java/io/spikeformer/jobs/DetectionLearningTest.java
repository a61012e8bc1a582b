package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.jobs.quickstart.ObjectScenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small detectors, from raw files to the average precision. */
@Tag("slow")
class DetectionLearningTest {
  private static final Path ROOT = Path.of(System.getProperty("spikeformer.root"));
  private static final Path COCO = ROOT.resolve("../shared/data/coco-mini");
  private static final Path RECIPES = ROOT.resolve("conf/recipes");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * At 512 pixels 82 of the 88 objects have an anchor that overlaps them by 0.3 or more, so that
   * region proposals can learn them. At 256 pixels 69 have one, and AP50 cannot exceed 0.75.
   */
  private static final String BY_HEART =
      """
      task: detection
      model:
        preset: tiny
        timesteps: 1
        precision: bfloat16
        classes: 80
        widths: [16, 48, 96, 128]
        depths: [1, 1]
        stem-window: 7
        stem-stride: 2
        mask-rcnn: {neck-width: 48, hidden-width: 256, norm: bn, hidden-norm: bn}
      data:
        batch-size: 2
        training:
          crop: fit
          resize: [448, 512]
          padding-multiple: 32
          padding-colour: mean
          horizontal-flip: 0
          interpolation: bilinear
          rand-augment: none
          random-erasing: 0
        evaluation: {crop: fit, fit: [448, 512], padding-multiple: 32}
      optimizer: {name: adamw, weight-decay: 0.0, max-gradient-norm: 10}
      schedule:
        {decay: polynomial, epochs: 300, warm-up-epochs: 8, base-rate: 3.0e-3, scaling: none, min-rate: 0}
      loss: {label-smoothing: 0, regions: 128}
      averaging: {workers: 1, frequency: 10}
      """;

  @TempDir private Path folder;

  @Test
  void scenesOfShapes() throws IOException {
    writeScenes();
    Path recipe = RECIPES.resolve("shapes-detection-tiny-t1.yaml");
    JsonNode unseen = learn(recipe, prepare("train"), prepare("test"));
    assertThat(boxes(unseen)).as("boxes").isGreaterThanOrEqualTo(0.8);
    assertThat(unseen.at("/segm/figures/AP50").asDouble()).as("masks").isGreaterThanOrEqualTo(0.7);
  }

  /** At T = 1, then at T = 4 from that model. */
  @Test
  void scenesOfShapesInOneStage() throws IOException {
    writeScenes();
    String train = prepare("train");
    String test = prepare("test");
    double one = boxes(learn(RECIPES.resolve("shapes-yolo-tiny-t1.yaml"), train, test));
    assertThat(one).as("T = 1").isGreaterThanOrEqualTo(0.8);
    double four =
        boxes(
            learn(
                RECIPES.resolve("shapes-yolo-tiny-t4.yaml"),
                train,
                test,
                "--set",
                "initialise-from=" + folder.resolve("model-shapes-yolo-tiny-t1.yaml")));
    assertThat(four).as("T = 4").isGreaterThanOrEqualTo(one);
  }

  private void writeScenes() {
    ObjectScenes scenes = new ObjectScenes(96);
    scenes.write(folder.resolve("raw"), "train", 400, 1);
    scenes.write(folder.resolve("raw"), "test", 100, 2);
  }

  private static double boxes(JsonNode evaluation) {
    return evaluation.at("/bbox/figures/AP50").asDouble();
  }

  private String prepare(String split) throws IOException {
    Path raw = folder.resolve("raw");
    return prepare(
        raw.resolve("images/" + split), raw.resolve("annotations/" + split + ".json"), split);
  }

  /** The first 20 images of COCO that have 1 to 8 objects, as the images of a split. */
  @Test
  void twentyImagesOfCoco() throws IOException {
    assumeTrue(Files.isDirectory(COCO), "the images of COCO are not here");
    Path annotations = COCO.resolve("annotations/instances_train2017.json");
    ObjectNode all = (ObjectNode) MAPPER.readTree(annotations.toFile());
    Map<Long, List<JsonNode>> byImage = new HashMap<>();
    all.get("annotations")
        .forEach(
            one ->
                byImage
                    .computeIfAbsent(one.get("image_id").asLong(), id -> new ArrayList<>())
                    .add(one));
    ArrayNode images = MAPPER.createArrayNode();
    ArrayNode objects = MAPPER.createArrayNode();
    Path few = Files.createDirectories(folder.resolve("few"));
    for (JsonNode image : all.get("images")) {
      List<JsonNode> own = byImage.getOrDefault(image.get("id").asLong(), List.of());
      if (images.size() < 20 && !own.isEmpty() && own.size() <= 8) {
        images.add(image);
        own.forEach(objects::add);
        String file = image.get("file_name").asText();
        Files.copy(COCO.resolve("train2017").resolve(file), few.resolve(file));
      }
    }
    all.set("images", images);
    all.set("annotations", objects);
    Path file = folder.resolve("few.json");
    MAPPER.writeValue(file.toFile(), all);
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), BY_HEART);
    String split = prepare(few, file, "train");
    JsonNode seen = learn(recipe, split, split);
    assertThat(boxes(seen)).as("boxes").isGreaterThanOrEqualTo(0.8);
    assertThat(seen.at("/segm/figures/AP50").asDouble()).as("masks").isGreaterThanOrEqualTo(0.6);
  }

  private String prepare(Path images, Path annotations, String split) throws IOException {
    Path shards = folder.resolve("shards");
    run(
        "prepare",
        "coco",
        "--input",
        images.toString(),
        "--annotations",
        annotations.toString(),
        "--output",
        shards.toString(),
        "--split",
        split,
        "--shards",
        "2");
    return shards.resolve(split).toString();
  }

  /** Trains on one split and evaluates on another; folders have the name of the recipe. */
  private JsonNode learn(Path recipe, String training, String evaluation, String... options)
      throws IOException {
    String name = recipe.getFileName().toString();
    String model = folder.resolve("model-" + name).toString();
    Stream<String> train =
        Stream.of("train", "--recipe", recipe.toString(), "--train", training, "--output", model);
    run(Stream.concat(train, Stream.of(options)).toArray(String[]::new));
    String result = folder.resolve("evaluation-" + name).toString();
    return run("evaluate", "--model", model, "--data", evaluation, "--output", result);
  }

  private static JsonNode run(String... words) throws IOException {
    String[] command = Stream.concat(Stream.of(words), Stream.of("--json")).toArray(String[]::new);
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.code()).as(run.err()).isZero();
    return MAPPER.readTree(run.out());
  }
}
