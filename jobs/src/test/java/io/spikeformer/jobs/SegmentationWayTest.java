package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.quickstart.ShapeScenes;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other on a few drawn scenes, with real Spark. */
class SegmentationWayTest {
  private static final int SIZE = 32;
  private static final int SCENES = 8;
  private static final String RECIPE =
      """
      task: segmentation
      model:
        preset: tiny
        classes: 4
        widths: [16, 16, 16, 16]
        depths: [1, 1]
        semantic-fpn: {neck-width: 16, norm: bn}
      data:
        batch-size: 2
        training:
          crop: scaled
          resize: [40, 48]
          size: 32
          rand-augment: none
          random-erasing: 0
          photometric-distortion: [32, 0.5, 0.5, 18]
          padding-colour: mean
        evaluation: {crop: fit, fit: [24, 48]}
      optimizer: {name: adamw, decay-on: all, head-rate: 2}
      schedule:
        decay: polynomial
        iterations: 3
        warm-up-iterations: 2
        epochs: null
        warm-up-epochs: null
        base-rate: 1.0e-3
        scaling: none
      loss: {label-smoothing: 0}
      averaging: {workers: 2, frequency: 1}
      """;

  @TempDir(factory = UnusualFolder.class)
  private static Path folder;

  private static JsonNode trained;

  @BeforeAll
  static void prepareAndTrain() throws IOException {
    ShapeScenes scenes = new ShapeScenes(SIZE);
    scenes.write(folder.resolve("scenes"), "train", SCENES, 1);
    scenes.write(folder.resolve("scenes"), "test", SCENES, 2);
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    for (String split : new String[] {"train", "test"}) {
      JsonNode prepared = json(prepare(split));
      assertThat(prepared.get("accepted").asInt()).isEqualTo(SCENES);
      assertThat(prepared.get("classes")).hasSize(ShapeScenes.classes().size());
    }
    trained =
        json(
            "train",
            "--recipe",
            recipe.toString(),
            "--train",
            path("shards/train"),
            "--validation",
            path("shards/test"),
            "--output",
            path("run"));
  }

  private static String[] prepare(String split) {
    return new String[] {
      "prepare",
      "segmentation",
      "--input",
      path("scenes"),
      "--output",
      path("shards"),
      "--split",
      split,
      "--shards",
      "2"
    };
  }

  @Test
  void theTrainingEndsWithItsIterationsAndIsValidated() {
    assertThat(trained.get("epochs")).hasSize(2);
    JsonNode validation = trained.at("/epochs/1/validation");
    assertThat(validation.get("samples").asInt()).isEqualTo(SCENES);
    assertThat(validation.toString()).contains("meanIou");
  }

  @Test
  void evaluationsAreReportedAndCompared() throws IOException {
    JsonNode one = evaluate("one", "--partitions", "1");
    JsonNode two = evaluate("two", "--partitions", "2");
    assertThat(one.get("confusion")).isEqualTo(two.get("confusion"));
    long pixels = 0;
    for (JsonNode row : one.get("confusion")) {
      for (JsonNode cell : row) {
        pixels += cell.asLong();
      }
    }
    assertThat(pixels).isEqualTo((long) SCENES * SIZE * SIZE);
    assertThat(Files.readString(folder.resolve("one/report.html")))
        .contains("Mean IoU", "background", "triangle", "data:image/png;base64");
    CommandLineRun compared =
        CommandLineRun.of("report", path("one"), path("two"), "--output", path("both.html"));
    assertThat(compared.code()).as(compared.err()).isZero();
    assertThat(Files.readString(folder.resolve("both.html"))).contains("mIoU");
  }

  @Test
  void pixelsOfAModelOfIntegersAreTheSameOnSpikes() throws IOException {
    TinyModels.writeActive(
        folder.resolve("integers.spkf"),
        RecipeReader.read(RECIPE, "test", List.of("model.neuron.levels=4")),
        ShapeScenes.classes());
    JsonNode expansion =
        json(
                "evaluate",
                "--model",
                path("integers.spkf"),
                "--data",
                path("shards/test"),
                "--output",
                path("integers"),
                "--expand",
                "exact")
            .get("expansion");
    assertThat(expansion.get("images").asInt()).isEqualTo(SCENES);
    assertThat(expansion.get("answers").asInt()).isGreaterThan(SCENES * 100);
    assertThat(expansion.get("differingAnswers").asInt()).isZero();
    assertThat(expansion.get("differingIntegers").asInt()).isZero();
    assertThat(expansion.get("additions").get("head.classifier").asLong()).isPositive();
  }

  private static JsonNode evaluate(String name, String... more) throws IOException {
    String[] words = {
      "evaluate", "--model", path("run"), "--data", path("shards/test"), "--output", path(name)
    };
    return json(Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new));
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode json(String... words) throws IOException {
    String[] command = Stream.concat(Stream.of(words), Stream.of("--json")).toArray(String[]::new);
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }
}
