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

  private static void fails(CommandLineRun run, String message) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(message).hasLineCount(1);
  }

  private static CommandLineRun evaluate(String model, String output, String... more) {
    Stream<String> arguments =
        Stream.of(
            "evaluate",
            "--model",
            shared.resolve(model).toString(),
            "--data",
            shared.resolve("shards/test").toString(),
            "--output",
            output,
            "--master",
            "local[2]");
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }
}
