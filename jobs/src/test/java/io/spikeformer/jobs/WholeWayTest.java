package io.spikeformer.jobs;

import static io.spikeformer.jobs.CommandLineRun.assertFails;
import static io.spikeformer.jobs.CommandLineRun.json;
import static io.spikeformer.jobs.CommandLineRun.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after the other on a few drawn images, with real Spark. */
class WholeWayTest {
  static final int PER_CLASS = 6;
  static final int CLASSES = ShapeImages.Shape.values().length;
  static final String RECIPE =
      """
      model: {preset: tiny, classes: 6, widths: [16, 16, 16, 16], depths: [1, 1]}
      data:
        batch-size: 4
        training: {crop: none, size: 16, rand-augment: none, random-erasing: 0}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 2, warm-up-epochs: 0, base-rate: 1.0e-3, scaling: none}
      averaging: {workers: 2, frequency: 2}
      """;

  @TempDir(factory = UnusualFolder.class)
  private static Path folder;

  private static Path recipe;
  private static String digest;

  @BeforeAll
  static void prepareAndTrain() throws IOException {
    ShapeImages images = new ShapeImages(16);
    images.write(folder.resolve("images"), "train", PER_CLASS, 1);
    images.write(folder.resolve("images"), "test", 2, 2);
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    for (String split : new String[] {"train", "test"}) {
      JsonNode prepared = prepare(folder, split);
      assertThat(prepared.get("rejected").asInt()).isZero();
      assertThat(prepared.get("classes")).hasSize(CLASSES);
    }
    JsonNode trained = json(train("run"));
    assertThat(trained.get("epochs")).hasSize(2);
    digest = trained.get("stateSha256").asText();
    assertThat(trained.at("/epochs/1/validation/samples").asInt()).isEqualTo(2 * CLASSES);
    assertThat(Path.of(Storage.path(trained.get("model").asText()).toUri())).isRegularFile();
  }

  /** Makes two shards of a split of images, below the same folder. */
  static JsonNode prepare(Path folder, String split) throws IOException {
    return json(
        "prepare",
        "imagenet",
        "--input",
        folder.resolve("images").toString(),
        "--output",
        folder.resolve("shards").toString(),
        "--split",
        split,
        "--shards",
        "2");
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
    assertThat(folder.resolve("evaluation/energy.csv")).content().startsWith("convention,counted,");
  }

  @Test
  void evaluationsAreComparedOnOnePage() throws IOException {
    for (String limit : new String[] {"5", "12"}) {
      json(
          "evaluate",
          "--model",
          path("run"),
          "--data",
          path("shards/test"),
          "--output",
          path("first-" + limit),
          "--limit",
          limit,
          "--predictions",
          "--first-layer",
          "once");
    }
    assertThat(folder.resolve("first-5/predictions/part-00000.parquet")).isRegularFile();
    JsonNode compared =
        json(
            "report",
            path("first-5"),
            path("first-12/evaluation.json"),
            "--output",
            path("comparison.html"));
    assertThat(compared.at("/evaluations/0/samples").asInt()).isEqualTo(5);
    assertThat(compared.at("/evaluations/1/samples").asInt()).isEqualTo(12);
    assertThat(folder.resolve("comparison.html")).content().contains("Comparison of 2 evaluations");

    CommandLineRun missing = CommandLineRun.of("report", path("shards"));
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err())
        .contains("expected an evaluation at", "give an output folder of evaluate");
    CommandLineRun way =
        CommandLineRun.of("energy", "--preset=tiny", "--first-layer=twice", "--rates=x");
    assertThat(way.code()).isEqualTo(2);
    assertThat(way.err())
        .contains("first layer: expected one of every-timestep, once, free, found 'twice'");
  }

  @Test
  void verifyReadsEverythingAgainAndNamesWhatIsWrong() throws IOException {
    assertThat(json("verify", "--data", path("shards/train")).get("problems")).isEmpty();
    CommandLineRun good = CommandLineRun.of("verify", "--data", path("shards/test"));
    assertThat(good.code()).isZero();
    assertThat(good.out())
        .isEqualToNormalizingNewlines(
            "test: 12 of 12 classification samples in 2 shards read, nothing wrong\n");

    Path copy = Files.createDirectories(folder.resolve("copy"));
    for (String name : folder.resolve("shards/test").toFile().list()) {
      Files.copy(folder.resolve("shards/test").resolve(name), copy.resolve(name));
    }
    byte[] shard = Files.readAllBytes(copy.resolve("part-00001.parquet"));
    shard[shard.length / 2] ^= 1;
    Files.write(copy.resolve("part-00001.parquet"), shard);
    Files.writeString(copy.resolve("_rejected.jsonl"), "{}\n");
    CommandLineRun damaged = CommandLineRun.of("verify", "--data", path("copy"));
    assertThat(damaged.code()).isEqualTo(1);
    assertThat(damaged.err()).isEmpty();
    assertThat(damaged.out())
        .contains("part-00001.parquet: expected checksum")
        .contains("_rejected.jsonl: expected 0 lines, found 1")
        .contains("samples in 2 shards read, 2 problems");
  }

  @Test
  void inspectPrintsTheManifestAndDrawsSamples() throws IOException {
    JsonNode all = json("inspect", "--data", path("shards/test"), "--output", path("sheet.png"));
    assertThat(all.get("task").asText()).isEqualTo("classification");
    assertThat(all.get("samples")).hasSize(2 * CLASSES);
    for (JsonNode sample : all.get("samples")) {
      String name = sample.at("/truth/class").asText();
      assertThat(sample.get("key").asText()).startsWith(name + "/");
      assertThat(all.get("classes").get(sample.at("/truth/label").asInt()).asText())
          .isEqualTo(name);
    }
    assertThat(ImageIO.read(folder.resolve("sheet.png").toFile()).getHeight())
        .isEqualTo(3 * 228 - 4);

    JsonNode one =
        json("inspect", "--data", path("shards/test"), "--sample", "11", "--output", path("1.png"));
    assertThat(one.get("samples")).containsExactly(all.get("samples").get(11));
    assertThat(ImageIO.read(folder.resolve("1.png").toFile()).getWidth()).isEqualTo(16);
    assertFails(
        "--sample: expected 0 to 11, found 12",
        "inspect",
        "--data",
        path("shards/test"),
        "--sample",
        "12");
  }

  @Test
  void inferenceWritesLogits() throws IOException {
    NpyFiles.write(
        folder.resolve("x.npy"), new NpyArray(new int[] {3, 16, 16, 3}, new float[3 * 768]));
    CommandLineRun run =
        CommandLineRun.of(
            "infer", "--model", path("run"), "--input", path("x.npy"), "--output", path("y.npy"));
    assertThat(run.code()).as(run.err()).isZero();
    NpyArray logits = NpyFiles.read(folder.resolve("y.npy"));
    assertThat(logits.shape()).containsExactly(3, CLASSES);
    assertThat(Arrays.copyOf(logits.values(), CLASSES))
        .containsExactly(Arrays.copyOfRange(logits.values(), CLASSES, 2 * CLASSES));
  }

  @Test
  void aSecondTrainingIntoTheSameFolderAsksForResume() {
    CommandLineRun again = CommandLineRun.of(train("run"));
    assertThat(again.code()).isEqualTo(1);
    assertThat(lastLine(again.err())).startsWith("error: ").contains("--resume");
    assertFails("expected a folder without checkpoints", with(train("run"), "--dry-run"));
    assertFails("differs: seed: ", with(train("run"), "--dry-run", "--resume", "--set", "seed=99"));
    CommandLineRun resumed = CommandLineRun.of(with(train("run"), "--resume"));
    assertThat(resumed.code()).isZero();
    assertThat(lastLine(resumed.out())).isEqualTo("state SHA-256: " + digest);
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
    NpyFiles.write(folder.resolve("z.npy"), new NpyArray(new int[] {1, 16, 16, 3}, new float[768]));
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
      path(output)
    };
  }

  private static String lastLine(String text) {
    return text.lines().reduce((first, second) -> second).orElse("");
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
