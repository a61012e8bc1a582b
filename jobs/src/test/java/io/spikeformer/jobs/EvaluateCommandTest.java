package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    fails(evaluate("model.spkf", ""), "error: location: expected a path or a URI, found nothing");
    assertThat(file).hasContent("mine");
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
