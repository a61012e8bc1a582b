package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other on a few drawn images, with real Spark. */
class WholeWayTest {
  private static final int PER_CLASS = 6;
  private static final int CLASSES = ShapeImages.Shape.values().length;
  private static final String RECIPE =
      """
      model: {preset: tiny, classes: 6, widths: [16, 16, 16, 16], depths: [1, 1]}
      data:
        batch-size: 4
        training: {crop: none, size: 16, horizontal-flip: 0.5}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 2, warm-up-epochs: 0, base-rate: 1.0e-3, scaling: none}
      averaging: {workers: 2, frequency: 2}
      """;

  @TempDir private static Path folder;

  private static Path recipe;

  @BeforeAll
  static void prepareAndTrain() throws IOException {
    ShapeImages images = new ShapeImages(16);
    images.write(folder.resolve("images"), "train", PER_CLASS, 1);
    images.write(folder.resolve("images"), "test", 2, 2);
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    for (String split : new String[] {"train", "test"}) {
      JsonNode prepared =
          json(
              "prepare",
              "imagenet",
              "--input",
              path("images"),
              "--output",
              path("shards"),
              "--split",
              split,
              "--shards",
              "2");
      assertThat(prepared.get("rejected").asInt()).isZero();
      assertThat(prepared.get("classes")).hasSize(CLASSES);
    }
    JsonNode trained = json(train("run"));
    assertThat(trained.get("epochs")).hasSize(2);
    assertThat(trained.at("/epochs/1/validation/samples").asInt()).isEqualTo(2 * CLASSES);
    assertThat(Path.of(java.net.URI.create(trained.get("model").asText()))).isRegularFile();
  }

  @Test
  void evaluationWritesResultAndReport() throws IOException {
    JsonNode result =
        json(
            "evaluate",
            "--model",
            path("run"),
            "--data",
            path("shards/test"),
            "--output",
            path("evaluation"),
            "--timesteps",
            "2",
            "--master",
            "local[2]");
    assertThat(result.get("samples").asInt()).isEqualTo(2 * CLASSES);
    assertThat(result.at("/config/timesteps").asInt()).isEqualTo(2);
    assertThat(folder.resolve("evaluation/report.html")).content().contains("<svg");
    assertThat(new ObjectMapper().readTree(folder.resolve("evaluation/evaluation.json").toFile()))
        .isEqualTo(result);
  }

  @Test
  void inferenceWritesLogits() {
    NpyFile.write(
        folder.resolve("x.npy"), new NpyArray(new int[] {3, 16, 16, 3}, new float[3 * 768]));
    CommandLineRun run =
        CommandLineRun.of(
            "infer", "--model", path("run"), "--input", path("x.npy"), "--output", path("y.npy"));
    assertThat(run.code()).as(run.err()).isZero();
    NpyArray logits = NpyFile.read(folder.resolve("y.npy"));
    assertThat(logits.shape()).containsExactly(3, CLASSES);
    assertThat(Arrays.copyOf(logits.values(), CLASSES))
        .containsExactly(Arrays.copyOfRange(logits.values(), CLASSES, 2 * CLASSES));
  }

  @Test
  void aSecondTrainingIntoTheSameFolderAsksForResume() {
    CommandLineRun again = CommandLineRun.of(train("run"));
    assertThat(again.code()).isEqualTo(1);
    assertThat(lastLine(again.err())).startsWith("error: ").contains("--resume");
    String[] resume =
        Stream.concat(Stream.of(train("run")), Stream.of("--resume")).toArray(String[]::new);
    assertThat(CommandLineRun.of(resume).code()).isZero();
  }

  @Test
  void wrongInputsAreOneLineAndExitCodeOne() throws IOException {
    assertFails(
        "no-such-recipe.yaml",
        "train",
        "--recipe",
        path("no-such-recipe.yaml"),
        "--train",
        path("shards/train"),
        "--output",
        path("other"));
    Files.writeString(folder.resolve("typo.yaml"), "schedule: {epoch: 3}");
    assertFails(
        "unknown key 'schedule.epoch'",
        "train",
        "--recipe",
        path("typo.yaml"),
        "--train",
        path("shards/train"),
        "--output",
        path("other"));
    assertFails(
        "expected",
        "train",
        "--recipe",
        recipe.toString(),
        "--set",
        "schedule.epochs=0",
        "--train",
        path("shards/train"),
        "--output",
        path("other"));
    assertFails(
        "nothing-here",
        "train",
        "--recipe",
        recipe.toString(),
        "--train",
        path("nothing-here"),
        "--output",
        path("other"));
    assertFails(
        "nothing-here",
        "prepare",
        "imagenet",
        "--input",
        path("nothing-here"),
        "--output",
        path("shards"),
        "--split",
        "train");
    assertFails(
        "no-model",
        "evaluate",
        "--model",
        path("no-model"),
        "--data",
        path("shards/test"),
        "--output",
        path("e"));
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void aDamagedModelIsOneLine() throws IOException {
    byte[] model = Files.readAllBytes(folder.resolve("run/model.spkf"));
    model[model.length / 2] ^= 1;
    Files.write(folder.resolve("damaged.spkf"), model);
    NpyFile.write(folder.resolve("z.npy"), new NpyArray(new int[] {1, 16, 16, 3}, new float[768]));
    assertFails(
        "is damaged",
        "infer",
        "--model",
        path("damaged.spkf"),
        "--input",
        path("z.npy"),
        "--output",
        path("never.npy"));
    assertThat(folder.resolve("never.npy")).doesNotExist();
  }

  private static void assertFails(String expected, String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains(expected).hasLineCount(1);
  }

  private static String[] train(String output) {
    return new String[] {
      "train",
      "--recipe",
      recipe.toString(),
      "--train",
      path("shards/train"),
      "--validation",
      path("shards/test"),
      "--output",
      path(output),
      "--json"
    };
  }

  private static JsonNode json(String... arguments) throws IOException {
    String[] all =
        Arrays.asList(arguments).contains("--json")
            ? arguments
            : Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    CommandLineRun run = CommandLineRun.of(all);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).hasLineCount(1);
    return new ObjectMapper().readTree(run.out());
  }

  private static String lastLine(String text) {
    return text.lines().reduce((first, second) -> second).orElse("");
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
