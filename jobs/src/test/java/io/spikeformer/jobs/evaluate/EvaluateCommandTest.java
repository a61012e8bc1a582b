package io.spikeformer.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.jobs.quickstart.ShapeImages;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evaluate does with its output folder, on a model of random weights. */
class EvaluateCommandTest {
  private static final int CLASSES = ShapeImages.Shape.values().length;
  private static final int SHARDS = 3;
  private static final List<String> NAMES =
      List.of("cross", "disc", "grating", "ring", "square", "triangle");

  /** As above, with classes between them that the data do not have. */
  private static final List<String> MORE =
      List.of("arrow", "cross", "disc", "grating", "heart", "ring", "square", "triangle");

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    new ShapeImages(16).write(shared.resolve("images"), "test", 2, 1);
    CommandLineRun run =
        CommandLineRun.of(
            "prepare",
            "imagenet",
            "--input",
            shared.resolve("images").toString(),
            "--output",
            shared.resolve("shards").toString(),
            "--split",
            "test",
            "--shards",
            "" + SHARDS);
    assertThat(run.code()).as(run.err()).isZero();
    TinyModels.write(shared.resolve("model.spkf"), CLASSES);
    TinyModels.write(shared.resolve("nine.spkf"), 9);
    TinyModels.write(shared.resolve("named.spkf"), NAMES);
    TinyModels.write(shared.resolve("more.spkf"), MORE);
  }

  @Test
  void anOutputThatCannotBeWrittenIsOneLineBeforeTheJob() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine");
    fails(
        evaluate("model.spkf", file.toString()),
        "error: --output: expected a folder or a new name, found a text file at file:" + file);
    fails(
        evaluate("model.spkf", file + "/below"),
        "error: --output: expected folders above file:" + file + "/below, found a file at file:");
    assertThat(evaluate("model.spkf", "").code()).isEqualTo(2);
    assertThat(file).hasContent("mine");
  }

  @Test
  void aModelOfIntegersRunsOnSpikesWithTheSameIntegers() throws IOException {
    TinyModels.writeIntegers(shared.resolve("integers.spkf"), CLASSES, 16, NAMES);
    for (String numbers : List.of("exact", "float32")) {
      Path output = folder.resolve(numbers);
      CommandLineRun run = evaluate("integers.spkf", output.toString(), "--expand", numbers);
      assertThat(run.code()).as(run.err()).isZero();
      JsonNode result = new ObjectMapper().readTree(output.resolve("evaluation.json").toFile());
      JsonNode expansion = result.get("expansion");
      assertThat(expansion.get("images").asLong()).isEqualTo(2L * CLASSES);
      assertThat(expansion.get("integers").asLong()).isGreaterThan(100_000);
      if (numbers.equals("exact")) {
        assertThat(expansion.get("differingIntegers").asLong()).isZero();
        assertThat(expansion.get("differingAnswers").asLong()).isZero();
      }
      assertThat(expansion.get("additions").get("stage1.conv_block1.pointwise1").asLong())
          .isPositive();
      JsonNode slots = expansion.get("slots");
      assertThat(slots).hasSameSizeAs(result.get("firing"));
      for (int layer = 0; layer < slots.size(); layer++) {
        JsonNode firing = result.get("firing").get(layer);
        assertThat(slots.get(layer).get("layer")).isEqualTo(firing.get("layer"));
        assertThat(slots.get(layer).get("spikes")).hasSize(4);
        assertThat(slots.get(layer).get("meanInteger")).isEqualTo(firing.get("averageRate"));
      }
      assertThat(run.out()).contains(" answers differ between integers and spikes; ");
      assertThat(output.resolve("report.html"))
          .content()
          .contains("Run on spikes", "Firing rates by slot");
    }
    fails(
        evaluate("model.spkf", folder.resolve("binary").toString(), "--expand", "exact"),
        "error: expand: expected a model that fires integers, found tiny, whose neurons fire"
            + " binary spikes already; leave --expand out");
  }

  @Test
  void aModelOfAnUnknownTaskIsRefusedInOneLine() throws IOException {
    Path known = shared.resolve("model.spkf");
    Checkpoint checkpoint;
    try (InputStream in = Files.newInputStream(known)) {
      checkpoint = CheckpointFormat.read(in, Files.size(known), "model");
    }
    try (OutputStream out = Files.newOutputStream(shared.resolve("juggling.spkf"))) {
      String recipe = checkpoint.recipe().replace("task: classification", "task: juggling");
      CheckpointFormat.write(
          new Checkpoint(
              checkpoint.config(),
              checkpoint.position(),
              recipe,
              "",
              List.of(),
              checkpoint.state(),
              List.of()),
          out);
    }
    fails(
        evaluate("juggling.spkf", folder.resolve("out").toString()),
        "error: task: expected one of classification, detection, segmentation, found 'juggling'; use the release that knows");
    String model = shared.resolve("juggling.spkf").toString();
    String images = shared.resolve("images").toString();
    fails(
        CommandLineRun.of("infer", "--model", model, "--input", images),
        "error: task: expected one of classification, detection, segmentation, found 'juggling'; use the release that knows");
  }

  @Test
  void theFolderHoldsOneEvaluationAlone() throws IOException {
    String output = folder.resolve("out").toString();
    succeeds(evaluate("model.spkf", output, "--predictions"));
    Path predictions = folder.resolve("out/predictions");
    assertThat(predictions.resolve("part-00000.parquet")).isRegularFile();
    Files.writeString(predictions.resolve("baseline.parquet"), "mine");
    fails(
        evaluate("model.spkf", output, "--timesteps", "2"),
        "error: --output: expected a new or empty folder, found an evaluation at file:");
    succeeds(evaluate("model.spkf", output, "--timesteps", "2", "--overwrite"));
    assertThat(predictions.toFile().list()).containsExactly("baseline.parquet");
    assertThat(folder.resolve("out").toFile().list())
        .containsExactlyInAnyOrder("evaluation.json", "energy.csv", "report.html", "predictions");
  }

  @Test
  void aRefusedOrFailedEvaluationLeavesTheEarlierOne() throws IOException {
    String output = folder.resolve("out").toString();
    succeeds(evaluate("model.spkf", output, "--predictions"));
    Map<String, String> earlier = files(folder.resolve("out"));
    fails(evaluate("nine.spkf", output, "--overwrite"), "error: model ");
    assertThat(files(folder.resolve("out"))).isEqualTo(earlier);

    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    for (String name : shared.resolve("shards/test").toFile().list()) {
      Files.copy(shared.resolve("shards/test").resolve(name), damaged.resolve(name));
    }
    byte[] shard = Files.readAllBytes(damaged.resolve("part-00001.parquet"));
    shard[shard.length / 2] ^= 1;
    Files.write(damaged.resolve("part-00001.parquet"), shard);
    CommandLineRun failed =
        evaluateOn(damaged, "model.spkf", output, "--predictions", "--overwrite");
    assertThat(failed.code()).isEqualTo(1);
    Map<String, String> left = files(folder.resolve("out"));
    left.keySet().removeIf(name -> name.startsWith(".unfinished-predictions/"));
    assertThat(left).isEqualTo(earlier);
    // what the failed one has predicted is not taken for the next one's
    succeeds(evaluate("model.spkf", output, "--overwrite"));
    assertThat(files(folder.resolve("out")))
        .containsOnlyKeys("evaluation.json", "energy.csv", "report.html");
    succeeds(evaluate("model.spkf", output, "--predictions", "--overwrite", "--timesteps", "2"));
    assertThat(files(folder.resolve("out"))).containsOnlyKeys(earlier.keySet());
    assertThat(files(folder.resolve("out"))).doesNotContainValue(earlier.get("evaluation.json"));
  }

  @Test
  void theNumberOfTasksDoesNotTouchTheResult() throws IOException {
    succeeds(evaluate("model.spkf", folder.resolve("one").toString(), "--partitions", "1"));
    succeeds(evaluate("model.spkf", folder.resolve("three").toString(), "--partitions", "3"));
    assertThat(folder.resolve("three/evaluation.json"))
        .hasSameBinaryContentAs(folder.resolve("one/evaluation.json"));
  }

  /** The content of all files, by their paths. */
  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        content.put(
            root.relativize(file).toString(), new String(bytes, StandardCharsets.ISO_8859_1));
      }
    }
    return content;
  }

  @Test
  void onlyTheModelsClassesInTheirOrderAreEvaluatedUnlessTheyAreMapped() throws IOException {
    succeeds(evaluate("named.spkf", folder.resolve("same").toString()));
    assertThat(result("same").at("/source/classes").asText()).isEqualTo("order");
    fails(
        evaluate("more.spkf", folder.resolve("out").toString()),
        "error: model " + shared.resolve("more.spkf") + " and data file:");
    CommandLineRun refused = evaluate("more.spkf", folder.resolve("out").toString());
    assertThat(refused.err())
        .endsWith(
            "found 8 and 6 of them, the first difference at label 0 (arrow, cross); --map-classes"
                + " name finds them by name"
                + System.lineSeparator());
    assertThat(folder.resolve("out")).doesNotExist();

    CommandLineRun mapped =
        evaluate("more.spkf", folder.resolve("out").toString(), "--map-classes", "name");
    succeeds(mapped);
    assertThat(mapped.out())
        .contains("classes found by name: 6 of the model's 8, no other could be chosen");
    JsonNode result = result("out");
    assertThat(result.at("/source/classes").asText()).isEqualTo("name");
    assertThat(result.get("modelClassesUsed").asInt()).isEqualTo(6);
    assertThat(result.get("classes")).extracting(c -> c.get("name").asText()).isEqualTo(NAMES);

    CommandLineRun other = evaluate("more.spkf", "out", "--map-classes", "order");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("map classes: expected name or number, found 'order'");
  }

  @Test
  void aModelWithoutNamesIsEvaluatedAndTheResultSaysSo() throws IOException {
    succeeds(evaluate("model.spkf", folder.resolve("out").toString()));
    JsonNode result = result("out");
    assertThat(result.at("/source/classes").asText()).isEqualTo("unchecked");
    assertThat(result.at("/notes/0").asText()).startsWith("The names of the model's");
  }

  private JsonNode result(String output) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(output).resolve("evaluation.json").toFile());
  }

  private static void succeeds(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static void fails(CommandLineRun run, String message) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(message).hasLineCount(1);
  }

  private static CommandLineRun evaluate(String model, String output, String... more) {
    return evaluateOn(shared.resolve("shards/test"), model, output, more);
  }

  private static CommandLineRun evaluateOn(Path data, String model, String output, String... more) {
    Stream<String> arguments =
        Stream.of(
            "evaluate",
            "--model",
            shared.resolve(model).toString(),
            "--data",
            data.toString(),
            "--output",
            output,
            "--master",
            "local[2]");
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }
}
