package io.spikeformer.jobs.train;

import static io.spikeformer.jobs.CommandLineRun.assertFails;
import static io.spikeformer.jobs.CommandLineRun.json;
import static io.spikeformer.jobs.CommandLineRun.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.UnusualFolder;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher, its answers in shards, and trainings that learn from them, by the command line. */
class TeachCommandTest {
  private static final int CLASSES = ShapeImages.Shape.values().length;
  private static final int SAMPLES = 4 * CLASSES;
  private static final String RECIPE =
      """
      model: {preset: tiny, classes: 6, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1}
      data:
        batch-size: 4
        training: {crop: none, size: 16, rand-augment: none, random-erasing: 0}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 1, warm-up-epochs: 0, base-rate: 1.0e-3, scaling: none}
      averaging: {workers: 1, frequency: 4}
      """;

  @TempDir(factory = UnusualFolder.class)
  private static Path folder;

  private static Path recipe;
  private static JsonNode taught;

  @BeforeAll
  static void teach() throws IOException {
    new ShapeImages(16).write(folder.resolve("images"), "train", SAMPLES / CLASSES, 1);
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    json(
        "prepare",
        "imagenet",
        "--input",
        path("images"),
        "--output",
        path("shards"),
        "--split",
        "train",
        "--shards",
        "2");
    json(train("shards/train", "teacher"));
    taught = json(teach("teacher", "taught/train"));
  }

  @Test
  void theAnswersAreShardsThatEveryCommandReads() throws IOException {
    assertThat(taught.get("samples").asInt()).isEqualTo(SAMPLES);
    assertThat(taught.at("/teacher/file").asText()).isEqualTo("model.spkf");
    assertThat(taught.at("/teacher/settings/size").asText()).isEqualTo("16");
    assertThat(json("verify", "--data", path("taught/train")).get("problems")).isEmpty();
    CommandLineRun inspected = CommandLineRun.of("inspect", "--data", path("taught/train"));
    assertThat(inspected.out()).contains("teacher  model.spkf {batch=4, crop=none,");
    CommandLineRun again = CommandLineRun.of(teach("teacher", "taught/train"));
    assertThat(again.out())
        .contains("train: model.spkf answered for 24 samples of 6 classes in 2 shards: ");
  }

  @Test
  void theNumberOfTasksDoesNotTouchTheAnswers() throws IOException {
    for (String tasks : new String[] {"1", "2"}) {
      json(with(teach("teacher", "in-" + tasks), "--partitions", tasks));
      for (String shard : new String[] {"part-00000.parquet", "part-00001.parquet"}) {
        assertThat(folder.resolve("in-" + tasks).resolve(shard))
            .hasSameBinaryContentAs(folder.resolve("taught/train").resolve(shard));
      }
    }
  }

  @Test
  void aTrainingLearnsFromThem() throws IOException {
    JsonNode plan = json(with(column("taught/train", "dry"), "--dry-run"));
    assertThat(plan.get("teacher").asText())
        .isEqualTo("model.spkf answered in the shards, for the images without augmentation");
    assertThat(plan.at("/memory/teacher").isMissingNode()).isTrue();
    assertThat(folder.resolve("dry")).doesNotExist();

    assertThat(json(column("taught/train", "student")).get("epochs")).hasSize(1);
    assertThat(folder.resolve("student/recipe.yaml")).content().contains("teacher: column");
  }

  @Test
  void aDryRunTellsWhoTeachesAndWhatThatNeeds() throws IOException {
    String[] distilled = distilled("shards/train", "dry", path("teacher"));
    JsonNode plan = json(with(distilled, "--dry-run"));
    assertThat(plan.get("teacher").asText())
        .matches(
            "file:.*/teacher/model.spkf \\(tiny, T = 1\\) answers during training, for the"
                + " augmented images");
    assertThat(plan.at("/memory/teacher").asLong()).isPositive();
    CommandLineRun text = CommandLineRun.of(with(distilled, "--dry-run"));
    assertThat(text.out()).contains("teacher: file:").contains("teacher 0.0");
    CommandLineRun plain = CommandLineRun.of(with(train("shards/train", "dry"), "--dry-run"));
    assertThat(plain.out()).contains("teacher: none" + System.lineSeparator());
    assertThat(json(with(train("shards/train", "dry"), "--dry-run")).get("teacher").isNull())
        .isTrue();
    assertThat(folder.resolve("dry")).doesNotExist();
  }

  @Test
  void whatDoesNotFitIsOneLine() throws IOException {
    for (String[] dry : new String[][] {{}, {"--dry-run"}}) {
      assertFails(
          "expected shards with a teacher's logits of 6 classes, found none in",
          with(column("shards/train", "never"), dry));
      CommandLineRun wrong =
          CommandLineRun.of(
              with(
                  train("taught/train", "never"),
                  with(new String[] {"--set", "distillation.teacher=column"}, dry)));
      assertThat(wrong.code()).isEqualTo(2);
      assertThat(wrong.err())
          .contains("expected model.head distilled, found plain; set model.head=distilled");
    }
    Path broken = Files.writeString(folder.resolve("broken.onnx"), "no model");
    assertFails("broken.onnx: expected an ONNX model", teach("broken.onnx", "never"));
    assertFails(
        "broken.onnx: expected an ONNX model",
        with(distilled("shards/train", "never", broken.toString()), "--dry-run"));
    assertFails(
        "--output: expected another place than the input's", teach("teacher", "shards/train"));
    trainModelOfNineClasses();
    assertFails("expected classes 6 as in the data", teach("nine", "never"));
    assertThat(folder.resolve("never")).doesNotExist();
  }

  private static void trainModelOfNineClasses() throws IOException {
    Path images = folder.resolve("nine-images/train");
    Path one;
    try (Stream<Path> files = Files.walk(folder.resolve("images/train"))) {
      one = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    for (int c = 0; c < 9; c++) {
      Files.createDirectories(images.resolve("class" + c));
      for (int copy = 0; copy < 2; copy++) {
        Files.copy(one, images.resolve("class" + c).resolve(copy + ".png"));
      }
    }
    json(
        "prepare",
        "imagenet",
        "--input",
        path("nine-images"),
        "--output",
        path("nine-shards"),
        "--split",
        "train",
        "--shards",
        "1");
    json(with(train("nine-shards/train", "nine"), "--set", "model.classes=9"));
  }

  private static String[] teach(String model, String output) {
    return new String[] {
      "teach",
      "--model",
      path(model),
      "--data",
      path("shards/train"),
      "--output",
      path(output),
      "--batch",
      "4"
    };
  }

  private static String[] train(String data, String output) {
    return new String[] {
      "train", "--recipe", recipe.toString(), "--train", path(data), "--output", path(output)
    };
  }

  private static String[] column(String data, String output) {
    return distilled(data, output, "column");
  }

  private static String[] distilled(String data, String output, String teacher) {
    return with(
        train(data, output),
        "--set",
        "model.head=distilled",
        "--set",
        "distillation.teacher=" + teacher);
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
