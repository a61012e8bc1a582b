package io.spikeformer.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Text;
import io.spikeformer.data.detection.CocoCategories;
import io.spikeformer.jobs.CommandLineRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreDetectionCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int IMAGES = 12;
  private static final int SIDE = 64;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void write() throws IOException {
    Random random = new Random(3);
    Files.createDirectories(shared.resolve("images"));
    ObjectNode truth = JSON.createObjectNode();
    ArrayNode images = truth.putArray("images");
    ArrayNode annotations = truth.putArray("annotations");
    ArrayNode categories = truth.putArray("categories");
    for (int label = 0; label < CocoCategories.names().size(); label++) {
      categories
          .addObject()
          .put("id", CocoCategories.id(label))
          .put("name", CocoCategories.names().get(label));
    }
    ArrayNode results = JSON.createArrayNode();
    for (int id = 1; id <= IMAGES; id++) {
      String name = Text.format("%012d.jpg", id);
      BufferedImage pixels = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      pixels.setRGB(id, id, 0xffffff);
      ImageIO.write(pixels, "jpg", shared.resolve("images").resolve(name).toFile());
      images
          .addObject()
          .put("id", id)
          .put("file_name", name)
          .put("height", SIDE)
          .put("width", SIDE);
      for (int i = 0; i < 3; i++) {
        int[] box = {random.nextInt(20), random.nextInt(20), 10 + i * 12, 30};
        long category = CocoCategories.id(20 * i + random.nextInt(2));
        annotated(annotations.addObject(), id, category, box, i == 2 && id % 4 == 0);
        box[0] += random.nextInt(4);
        object(results.addObject(), id, category, box).put("score", random.nextInt(9) / 8.0);
      }
    }
    JSON.writeValue(shared.resolve("truth.json").toFile(), truth);
    JSON.writeValue(shared.resolve("results.json").toFile(), results);
    succeeds(
        CommandLineRun.of(
            "prepare",
            "coco",
            "--input",
            place("images"),
            "--annotations",
            place("truth.json"),
            "--output",
            place("shards"),
            "--split",
            "val",
            "--shards",
            "3"));
  }

  private static void annotated(
      ObjectNode annotation, int image, long category, int[] box, boolean crowd) {
    object(annotation, image, category, box)
        .put("id", image * 10 + box[2])
        .put("iscrowd", crowd)
        .put("area", box[2] * box[3]);
  }

  /** Fills in the box and its outline. */
  private static ObjectNode object(ObjectNode object, int image, long category, int[] box) {
    int right = box[0] + box[2];
    int bottom = box[1] + box[3];
    object.put("image_id", image).put("category_id", category);
    Arrays.stream(box).forEach(object.putArray("bbox")::add);
    ArrayNode outline = object.putArray("segmentation").addArray();
    for (int corner : new int[] {box[0], box[1], box[0], bottom, right, bottom, right, box[1]}) {
      outline.add(corner);
    }
    return object;
  }

  private static String place(String name) {
    return shared.resolve(name).toString();
  }

  @Test
  void boxesAndMasksAreScoredEquallyFromAnnotationsAndFromShards() throws IOException {
    CommandLineRun text = score("results.json");
    succeeds(text);
    assertThat(text.out())
        .contains(
            "bbox: 36 detections of 33 objects in 12 images",
            "segm: 36 detections",
            " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.",
            " Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = -1.000")
        .containsPattern("class +objects +AP +AP50 +AP75 +APs +APm +APl +AR100")
        .containsPattern("toothbrush +0 +- +- +- +- +- +- +-");
    JsonNode annotated = json(score("results.json", "--json", "--master", "local[1]"));
    JsonNode sharded =
        json(
            CommandLineRun.of(
                "score",
                "detection",
                "--results",
                place("results.json"),
                "--data",
                place("shards/val"),
                "--json"));
    double precision = annotated.at("/bbox/figures/AP").asDouble();
    assertThat(precision).isBetween(0.2, 0.99);
    // the outlines are the boxes
    assertThat(annotated.at("/segm/figures/AP").asDouble()).isEqualTo(precision);
    assertThat(sharded.get("bbox")).isEqualTo(annotated.get("bbox"));
    assertThat(sharded.get("segm")).isEqualTo(annotated.get("segm"));
    assertThat(annotated.at("/bbox/classes").size()).isEqualTo(80);
    assertThat(annotated.at("/bbox/precisionByIou/0.50").size()).isEqualTo(101);
    assertThat(annotated.at("/bbox/figures/APl").isNull()).isTrue();
  }

  @Test
  void theFileHasTheSameAndIsReplacedOnlyWhenAsked() throws IOException {
    Path file = folder.resolve("scores.json");
    String[] options = {"--output", file.toString(), "--type", "bbox", "--json"};
    JsonNode printed = json(score("results.json", options));
    assertThat(printed.has("segm")).isFalse();
    assertThat(JSON.readTree(file.toFile())).isEqualTo(printed);
    fails(score("results.json", options), "--output: expected a new name, found a JSON file at");
    List<String> replacing = new ArrayList<>(List.of(options));
    replacing.add("--overwrite");
    succeeds(score("results.json", replacing.toArray(String[]::new)));
    fails(
        score("results.json", "--output", place("results.json"), "--overwrite"),
        "--output: expected another place than the input's, found");
  }

  @Test
  void noResultsGiveZeros() throws IOException {
    Files.writeString(shared.resolve("none.json"), "[]");
    JsonNode scored = json(score("none.json", "--json"));
    assertThat(scored.has("segm")).isFalse();
    assertThat(scored.at("/bbox/figures/AP").asDouble(-1)).isZero();
    assertThat(scored.at("/bbox/figures/AR100").asDouble(-1)).isZero();
    assertThat(scored.at("/bbox/figures/APl").isNull()).isTrue();
  }

  @Test
  void faultsAreOneLine() throws IOException {
    String results = Files.readString(shared.resolve("results.json"));
    Files.writeString(
        shared.resolve("other.json"), results.replaceFirst("\"image_id\":1,", "\"image_id\":99,"));
    fails(
        score("other.json"),
        place("other.json")
            + ", line 1, byte 1, result 1: expected one of 12 images, found image_id 99");
    Files.writeString(shared.resolve("cut.json"), results.substring(0, 700));
    fails(score("cut.json"), "damaged JSON in file:" + place("cut.json") + ", line 1, byte ");
    String boxes =
        Files.readString(shared.resolve("truth.json")).replace("segmentation", "outline");
    Files.writeString(shared.resolve("boxes.json"), boxes);
    fails(
        CommandLineRun.of(
            "score",
            "detection",
            "--results",
            place("results.json"),
            "--annotations",
            place("boxes.json")),
        "type segm: expected objects with masks, found annotation 20 of image 1, a box alone; give"
            + " --type bbox");
    fails(
        CommandLineRun.of(
            "score",
            "detection",
            "--results",
            place("results.json"),
            "--annotations",
            place("results.json")),
        "expected an object with images, annotations and categories, found an array");
    Files.writeString(
        shared.resolve("outside.json"),
        Files.readString(shared.resolve("truth.json")).replaceFirst("\"bbox\":\\[", "\"bbox\":[9"));
    fails(
        CommandLineRun.of(
            "score",
            "detection",
            "--results",
            place("results.json"),
            "--annotations",
            place("outside.json")),
        "expected annotations that can be used, found 1 images or annotations that cannot; the first"
            + " is 000000000001.jpg: ");
  }

  @Test
  void wrongUsageIsRefused() {
    CommandLineRun none = CommandLineRun.of("score");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).startsWith("error: expected a task: one of detection, segmentation");
    CommandLineRun neither = CommandLineRun.of("score", "detection", "--results", "a.json");
    assertThat(neither.code()).isEqualTo(2);
    CommandLineRun type = score("results.json", "--type", "masks");
    assertThat(type.code()).isEqualTo(2);
    assertThat(type.err()).contains("type: expected bbox or segm, found 'masks'");
  }

  private static CommandLineRun score(String results, String... options) {
    List<String> arguments = new ArrayList<>(List.of("score", "detection", "--results"));
    arguments.addAll(List.of(place(results), "--annotations", place("truth.json")));
    arguments.addAll(List.of(options));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    succeeds(run);
    return JSON.readTree(run.out());
  }

  private static void succeeds(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static void fails(CommandLineRun run, String message) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains(message).hasLineCount(1);
  }
}
