package io.spikeformer.jobs.model;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.PresetOptions;
import io.spikeformer.jobs.cli.RecipeFile;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.torch.ModelDescription;
import io.spikeformer.model.torch.WeightsImport;
import io.spikeformer.model.torch.WeightsImport.Imported;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a model of weights that PyTorch has saved. */
@Command(
    name = "import-torch",
    description = {
      "Makes a model of weights in a PyTorch checkpoint (zip format) or a safetensors file, under the"
          + " names of the paper's released models.",
      "Nothing in the file is executed; docs/pytorch.md has the names and the refusals. A second"
          + " classification head (head_kd) is found by itself. A file of 'export' needs neither"
          + " --preset nor --recipe.",
    },
    footerHeading = "%nExample:%n",
    footer =
        "  jobs/spikeformer import-torch --input 55M_kd_T4.pth --preset 55M --timesteps 4 --output"
            + " models/55M-t4")
public final class ImportTorchCommand implements Runnable {
  private static final int MOST_NAMES = 5;

  @Mixin private OutputOptions output;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "The weights, a local file: .pth, .pt or .safetensors.")
  private Path input;

  @Option(
      names = "--weights",
      paramLabel = "KEY",
      description =
          "Name of the weights in a file that holds several, for example state_dict_ema (default:"
              + " model, state_dict or what else is usual).")
  private String key;

  @Spec private CommandSpec spec;

  @ArgGroup private Architecture architecture;

  /** The architecture of the weights; one of the two. */
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
      names = "--classes-of",
      paramLabel = "URI",
      description =
          "Names of the classes, in the order of the logits: those of shards, or of a text file with a"
              + " name a line. A file of 'export' has its own.")
  private String classesOf;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Receives the model: a file *.spkf, or a folder for model.spkf.")
  private String target;

  @Override
  public void run() {
    if (classes != null && architecture == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--classes: expected --preset or --recipe with it, found neither; leave it out for a file"
              + " of 'export', which says its classes");
    }
    requirePlace();
    Checkpoint checkpoint;
    Imported imported;
    try (WeightsImport weights = WeightsImport.open(input, key)) {
      ModelDescription model = named(describe(weights));
      imported = weights.read(model.config());
      checkpoint =
          new Checkpoint(
                  model.config(),
                  TrainingPosition.START,
                  model.recipe(),
                  model.data(),
                  List.of(),
                  imported.state(),
                  List.of())
              .withClasses(model.classes());
    }
    String written = write(checkpoint);
    output.print(
        () -> text(checkpoint, imported, written), () -> json(checkpoint, imported, written));
  }

  private void requirePlace() {
    OutputPlaces outputs =
        new OutputPlaces(new Storage(HadoopSettings.configuration()))
            .reads("--input", input.toString())
            .reads("--classes-of", classesOf)
            .reads("--recipe", architecture == null ? null : architecture.recipe);
    if (isFile()) {
      outputs.file("--output", target, PlaceContent.CHECKPOINT, Existing.NEVER);
    } else {
      outputs.folder("--output", target, PlaceContent.TRAINING, Existing.NEVER);
    }
  }

  private boolean isFile() {
    return target.endsWith(CheckpointFormat.EXTENSION);
  }

  /** The same with the names that were given, if any. */
  private ModelDescription named(ModelDescription model) {
    if (classesOf == null) {
      return model;
    }
    List<String> names = ClassList.read(classesOf, new Storage(HadoopSettings.configuration()));
    int expected = model.config().classes();
    if (names.size() != expected) {
      throw new UserException(
          "--classes-of %s: expected %s names as the model has classes, found %s; give the list"
              + " of these weights, or their number of classes with --classes",
          classesOf, expected, names.size());
    }
    return new ModelDescription(model.config(), model.recipe(), names, model.data());
  }

  private ModelDescription describe(WeightsImport weights) {
    if (architecture == null) {
      ModelDescription own =
          weights
              .description()
              .orElseThrow(
                  () ->
                      new UserException(
                          "%s: expected a file of 'export', which says what its weights are for,"
                              + " found another: choose --preset or --recipe",
                          input));
      return timesteps == null ? own : own.withTimesteps(timesteps);
    }
    Recipe recipe = recipe(weights);
    return new ModelDescription(recipe.model().toConfig(), recipe.toYaml(), List.of(), "");
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
    if (!isFile()) {
      return new OutputFolder(target, hadoop).writeModel(checkpoint).toString();
    }
    org.apache.hadoop.fs.Path file = Storage.path(target);
    new Storage(hadoop).write(file, out -> CheckpointFormat.write(checkpoint, out));
    return file.toString();
  }

  private String text(Checkpoint checkpoint, Imported imported, String written) {
    NetworkConfig config = checkpoint.config();
    ParameterLayout layout = ParameterLayout.of(config);
    List<String> lines = new ArrayList<>();
    lines.add(
        Text.format(
            "%s: %s with a %s head, %,d parameters, T = %d; %d tensors read,"
                + " %d counters left out",
            input,
            config.name(),
            config.head().label(),
            layout.trainable(),
            config.timesteps(),
            layout.entries().size(),
            imported.counters().size()));
    if (!imported.path().isEmpty()) {
      lines.add("weights: " + imported.path() + others(imported.others()));
    }
    if (!imported.prefix().isEmpty()) {
      lines.add("prefix taken off all names: " + imported.prefix());
    }
    if (!imported.leftOut().isEmpty()) {
      lines.add("left out, without the prefix: " + some(imported.leftOut()));
    }
    if (!imported.unlisted().isEmpty()) {
      lines.add("passed over, nothing of it was executed: " + some(imported.unlisted()));
    }
    if (checkpoint.classes().isEmpty()) {
      lines.add("classes: " + config.classes() + " without names; --classes-of gives them");
    }
    lines.add("model: " + written);
    return String.join(System.lineSeparator(), lines);
  }

  private static String others(List<String> others) {
    return others.isEmpty()
        ? ""
        : Text.format(
            ", one of %d in the file; choose another with --weights: %s",
            others.size() + 1, some(others));
  }

  private static String some(Collection<String> names) {
    String shown = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  private static Map<String, ?> json(Checkpoint checkpoint, Imported imported, String written) {
    NetworkConfig config = checkpoint.config();
    ParameterLayout layout = ParameterLayout.of(config);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("head", config.head().label());
    object.put("timesteps", config.timesteps());
    object.put("classes", config.classes());
    object.put("classNames", checkpoint.classes());
    object.put("parameters", layout.trainable());
    object.put("tensors", layout.entries().size());
    object.put("weights", imported.path());
    object.put("others", imported.others());
    object.put("prefix", imported.prefix());
    object.put("leftOut", imported.leftOut());
    object.put("ignored", imported.counters());
    object.put("unlisted", imported.unlisted());
    object.put("output", written);
    return object;
  }
}
