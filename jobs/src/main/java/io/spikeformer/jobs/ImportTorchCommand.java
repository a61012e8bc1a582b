package io.spikeformer.jobs;

import io.spikeformer.data.Storage;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.torch.ModelDescription;
import io.spikeformer.model.torch.WeightsImport;
import io.spikeformer.train.OutputFolder;
import io.spikeformer.train.Recipe;
import io.spikeformer.train.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a model of weights that PyTorch has saved. */
@Command(
    name = "import-torch",
    description = {
      "Makes a model of weights in a PyTorch checkpoint (zip format) or a safetensors file, under the"
          + " names of the paper's released models.",
      "Nothing in the file is executed; docs/pytorch.md has the names and what is refused. A second"
          + " classification head (head_kd) is found by itself. A file of 'export' needs neither"
          + " --preset nor --recipe.",
    },
    footerHeading = "%nExample:%n",
    footer =
        "  jobs/spikeformer import-torch --input 55M_kd_T4.pth --preset 55M --timesteps 4 --output"
            + " models/55M-t4")
final class ImportTorchCommand implements Runnable {
  @Mixin private OutputOptions output;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "The weights, a local file: .pth, .pt or .safetensors.")
  private Path input;

  @ArgGroup private Architecture architecture;

  /** What the weights are for; one of the two. */
  static final class Architecture {
    @Option(
        names = "--preset",
        paramLabel = "NAME",
        converter = PresetOptions.Converter.class,
        completionCandidates = PresetOptions.Names.class,
        description =
            "Their architecture, one of ${COMPLETION-CANDIDATES}; evaluated as in the paper: short"
                + " side 256, centre 224, ImageNet's statistics.")
    private NetworkConfig preset;

    @Option(
        names = "--recipe",
        paramLabel = "FILE",
        description = "Recipe with their architecture and the way images are prepared.")
    private String recipe;
  }

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the architecture.",
      converter = PositiveNumber.class)
  private Integer timesteps;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Classes, if not those of the preset or recipe.",
      converter = PositiveNumber.class)
  private Integer classes;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Receives the model: a file *.spkf, or a folder for model.spkf.")
  private String target;

  @Override
  public void run() {
    Checkpoint checkpoint;
    List<String> ignored;
    try (WeightsImport weights = WeightsImport.open(input)) {
      ModelDescription model = describe(weights);
      ignored = weights.ignored();
      checkpoint =
          new Checkpoint(
              model.config(),
              TrainingPosition.START,
              model.recipe(),
              "",
              List.of(),
              weights.state(model.config()),
              List.of());
    }
    String written = write(checkpoint);
    ParameterLayout layout = ParameterLayout.of(checkpoint.config());
    output.print(
        () -> text(checkpoint.config(), layout, ignored, written),
        () -> json(checkpoint.config(), layout, ignored, written));
  }

  private ModelDescription describe(WeightsImport weights) {
    if (architecture == null) {
      ModelDescription own =
          weights
              .description()
              .orElseThrow(
                  () ->
                      new JobException(
                          input
                              + ": expected a file of 'export', which says what its weights are for,"
                              + " found another: choose --preset or --recipe"));
      if (classes != null) {
        throw new JobException(
            "--classes: expected it with --preset or --recipe, found it without: "
                + input
                + " is for "
                + own.config().classes());
      }
      return timesteps == null
          ? own
          : new ModelDescription(own.config().withTimesteps(timesteps), own.recipe());
    }
    Recipe recipe = recipe(weights);
    return new ModelDescription(recipe.model().toConfig(), recipe.toYaml());
  }

  private Recipe recipe(WeightsImport weights) {
    List<String> settings = new ArrayList<>();
    settings.add("model.head=" + weights.head().label());
    if (timesteps != null) {
      settings.add("model.timesteps=" + timesteps);
    }
    if (classes != null) {
      settings.add("model.classes=" + classes);
    }
    if (architecture.preset != null) {
      settings.add("model.preset=" + architecture.preset.name());
      return RecipeReader.read("", "--preset", settings);
    }
    return RecipeReader.read(RecipeFile.read(architecture.recipe), architecture.recipe, settings);
  }

  private String write(Checkpoint checkpoint) {
    Configuration hadoop = HadoopSettings.configuration();
    if (!target.endsWith(CheckpointFormat.EXTENSION)) {
      return new OutputFolder(target, hadoop).writeModel(checkpoint).toString();
    }
    org.apache.hadoop.fs.Path file = Storage.path(target);
    new Storage(hadoop).write(file, out -> CheckpointFormat.write(checkpoint, out));
    return file.toString();
  }

  private String text(
      NetworkConfig config, ParameterLayout layout, List<String> ignored, String written) {
    return String.format(
        Locale.ROOT,
        "%s: %s with a %s head, %,d parameters, T = %d; %d tensors read, %d counters left out%n"
            + "model: %s",
        input,
        config.name(),
        config.head().label(),
        layout.trainable(),
        config.timesteps(),
        layout.entries().size(),
        ignored.size(),
        written);
  }

  private static Map<String, ?> json(
      NetworkConfig config, ParameterLayout layout, List<String> ignored, String written) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("head", config.head().label());
    object.put("timesteps", config.timesteps());
    object.put("classes", config.classes());
    object.put("parameters", layout.trainable());
    object.put("tensors", layout.entries().size());
    object.put("ignored", ignored);
    object.put("output", written);
    return object;
  }
}
