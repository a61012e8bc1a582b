package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        "error: output: expected a folder or a new name, found a file at file:" + file);
    fails(evaluate("model.spkf", file + "/below"), "error: cannot write file:" + file + "/below");
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
    succeeds(evaluate("model.spkf", output, "--timesteps", "2"));
    assertThat(predictions.toFile().list()).containsExactly("baseline.parquet");
    assertThat(folder.resolve("out").toFile().list())
        .containsExactlyInAnyOrder("evaluation.json", "energy.csv", "report.html", "predictions");
  }

  @Test
  void aRefusedEvaluationLeavesTheEarlierOneAndAFailedOneNothing() throws IOException {
    String output = folder.resolve("out").toString();
    succeeds(evaluate("model.spkf", output));
    Path result = folder.resolve("out/evaluation.json");
    byte[] earlier = Files.readAllBytes(result);
    fails(evaluate("nine.spkf", output), "error: evaluation of ");
    assertThat(result).hasBinaryContent(earlier);

    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    for (String name : shared.resolve("shards/test").toFile().list()) {
      Files.copy(shared.resolve("shards/test").resolve(name), damaged.resolve(name));
    }
    byte[] shard = Files.readAllBytes(damaged.resolve("part-00001.parquet"));
    shard[shard.length / 2] ^= 1;
    Files.write(damaged.resolve("part-00001.parquet"), shard);
    CommandLineRun failed = evaluateOn(damaged, "model.spkf", output, "--predictions");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(folder.resolve("out").toFile().list()).containsExactly("predictions");
  }

  @Test
  void theNumberOfTasksDoesNotTouchTheResult() throws IOException {
    succeeds(evaluate("model.spkf", folder.resolve("one").toString(), "--partitions", "1"));
    succeeds(evaluate("model.spkf", folder.resolve("three").toString(), "--partitions", "3"));
    assertThat(folder.resolve("three/evaluation.json"))
        .hasSameBinaryContentAs(folder.resolve("one/evaluation.json"));
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
