package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.kernel.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.train.Recipe;
import io.spikeformer.train.RecipeReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What evaluate does with its output folder, on a model of random weights. */
class EvaluateCommandTest {
  private static final int CLASSES = ShapeImages.Shape.values().length;
  private static final int SHARDS = 3;
  private static final String RECIPE =
      """
      model: {preset: tiny, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1}
      data: {evaluation: {crop: none, size: 16}}
      """;

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
    model("model.spkf", CLASSES);
    model("nine.spkf", 9);
  }

  private static void model(String name, int classes) throws IOException {
    Recipe recipe = RecipeReader.read(RECIPE, "test", List.of("model.classes=" + classes));
    NetworkConfig config = recipe.model().toConfig();
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3);
        OutputStream out = Files.newOutputStream(shared.resolve(name))) {
      CheckpointFormat.write(
          new Checkpoint(
              config,
              TrainingPosition.START,
              recipe.toYaml(),
              "",
              List.of(),
              model.state().toArray(),
              List.of()),
          out);
    }
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
