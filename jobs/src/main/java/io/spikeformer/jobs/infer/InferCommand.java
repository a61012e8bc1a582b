package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelOptions;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.jobs.infer.Predictions.Guess;
import io.spikeformer.jobs.infer.Predictions.Prediction;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.DataSettings;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says what images are, in this process, without Spark. */
@Command(
    name = "infer",
    description = {
      "Says what images are: the best classes with their names and probabilities, or the logits.",
      "The input is an image file (JPEG, PNG), a folder of image files, a prepared split, or a NumPy"
          + " file. Image files and arrays of levels (uint8 [B,H,W,3]) are prepared as the recipe of"
          + " the training says, as in evaluation. Arrays of floats are taken as normalised: [B,H,W,C],"
          + " or [T,B,H,W,C] for one frame per timestep.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer infer --model runs/t4 --input cat.jpg",
      "  jobs/spikeformer infer --model runs/t4 --input photos --output photos.csv --top 3",
      "  jobs/spikeformer infer --model runs/t4 --input images.npy --output logits.npy"
    })
public final class InferCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(InferCommand.class);
  private static final int MOST_LINES = 20;

  @Spec private CommandSpec spec;
  @Mixin private KernelOptions kernelOptions;
  @Mixin private OutputOptions output;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "Checkpoint, or output folder of a training.")
  private String model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "URI",
      description = "Image file, folder of image files, prepared split or .npy file.")
  private String input;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "nhwc",
      description = "Channels of an array last (nhwc) or before the rows (nchw).")
  private PixelLayout layout;

  @Option(
      names = "--normalised",
      description = "Floats are normalised, even where their range is that of levels.")
  private boolean normalised;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Changes a value of the recipe that prepares the images, for example"
              + " data.evaluation.size=288.",
      showDefaultValue = Visibility.NEVER)
  private List<String> changes = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "URI",
      description =
          "File that receives the result, by its ending: .csv, .json or .jsonl (an object a line);"
              + " .npy for the logits alone (default: standard output).",
      showDefaultValue = Visibility.NEVER)
  private String target;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Format of the output, if not that of its ending: csv, json, jsonl or npy.",
      showDefaultValue = Visibility.NEVER)
  private PredictionFormat format;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "Best classes that are told of each image.",
      converter = PositiveNumber.class)
  private int top;

  @Option(names = "--logits", description = "Also write the logits into CSV or JSON.")
  private boolean logits;

  @Mixin private OverwriteOption overwrite;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the model or of the frames.",
      converter = PositiveNumber.class)
  private Integer timesteps;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "16",
      description = "Images that are computed at once.",
      converter = PositiveNumber.class)
  private int batch;

  @Override
  public void run() {
    Usage.requireKeys(spec, "", changes);
    Configuration hadoop = HadoopSettings.configuration();
    Storage storage = new Storage(hadoop);
    Optional<PredictionFormat> wanted = wanted();
    Optional<Path> file =
        wanted.map(
            chosen ->
                new OutputPlaces(storage)
                    .reads("--model", model)
                    .readsAllOf("--input", input)
                    .file("--output", target, chosen.content(), overwrite.existing()));
    Checkpoint checkpoint = OutputFolder.load(model, hadoop, LOG::warn);
    requireClasses(checkpoint);
    Run run = run(storage, checkpoint, wanted);
    file.ifPresent(
        path -> storage.write(path, out -> wanted.orElseThrow().write(run.predictions(), out)));
    output.print(() -> text(run), () -> json(run));
  }

  /**
   * A finished inference.
   *
   * @param ignored hidden files that were passed over
   */
  private record Run(NetworkConfig config, Predictions predictions, int ignored) {}

  private static void requireClasses(Checkpoint checkpoint) {
    String task = RecipeReader.taskOf(checkpoint.recipe());
    if (!task.equals(Tasks.CLASSIFICATION)) {
      throw new UserException(
          "--model: expected a model of classification, found one of task %s; evaluate"
              + " --predictions writes what it says of prepared data",
          task);
    }
  }

  private Run run(Storage storage, Checkpoint checkpoint, Optional<PredictionFormat> wanted) {
    NetworkConfig config =
        timesteps == null ? checkpoint.config() : checkpoint.config().withTimesteps(timesteps);
    InferenceInputs inputs = new InferenceInputs(storage, config, preparation(checkpoint), batch);
    InferenceInputs.Values values =
        normalised ? InferenceInputs.Values.NORMALISED : InferenceInputs.Values.UNKNOWN;
    boolean kept = logits || wanted.filter(PredictionFormat.NPY::equals).isPresent();
    Inference inference =
        new Inference(top, kept ? Inference.Logits.KEPT : Inference.Logits.DROPPED);
    try (InferenceInput images = inputs.open(input, layout, values);
        Kernels kernels = kernelOptions.create()) {
      boolean frames = timesteps == null && images.frames() > 1;
      NetworkConfig timed = frames ? config.withTimesteps(images.frames()) : config;
      Predictions predictions = inference.run(timed, checkpoint, images, kernels);
      requireSome(predictions);
      return new Run(timed, predictions, images.ignored());
    }
  }

  private void requireSome(Predictions predictions) {
    if (predictions.images().isEmpty()) {
      Rejection first = predictions.rejected().get(0);
      throw new UserException(
          "%s: expected a usable image, found %s: %s",
          input,
          predictions.rejected().size() == 1
              ? "none"
              : Text.format(
                  "%d others, the first of them %s", predictions.rejected().size(), first.path()),
          first.reason());
    }
  }

  /** The format of the output file, or empty for standard output. */
  private Optional<PredictionFormat> wanted() {
    if (target == null) {
      if (format != null) {
        throw new ParameterException(
            spec.commandLine(), "--format: expected it with --output, found it without");
      }
      return Optional.empty();
    }
    if (format != null) {
      return Optional.of(format);
    }
    return Optional.of(
        PredictionFormat.ofName(target)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "--output: expected a name that ends in .csv, .json, .jsonl or .npy, found "
                            + target
                            + "; or give --format")));
  }

  /** The preparation of samples for the model; empty without a recipe or changes. */
  private Optional<IntFunction<InputConfig>> preparation(Checkpoint checkpoint) {
    if (checkpoint.recipe().isBlank() && changes.isEmpty()) {
      return Optional.empty();
    }
    DataSettings data =
        RecipeReader.read(checkpoint.recipe(), "recipe of " + model, changes).data();
    return Optional.of(data::evaluationInput);
  }

  private String text(Run run) {
    Predictions predictions = run.predictions();
    List<String> lines = new ArrayList<>();
    if (target == null) {
      predictions.images().forEach(image -> lines.add(line(predictions, image)));
    }
    lines.add(
        Text.format(
            "%s%d %s of %s at T = %d, %d classes%s",
            target == null ? "" : target + ": ",
            predictions.images().size(),
            predictions.images().size() == 1 ? "image" : "images",
            run.config().name(),
            run.config().timesteps(),
            predictions.count(),
            left(run)));
    predictions.rejected().stream()
        .limit(MOST_LINES)
        .forEach(file -> lines.add("rejected " + file.path() + ": " + file.reason()));
    int more = predictions.rejected().size() - MOST_LINES;
    if (more > 0) {
      lines.add("and " + more + " more rejected; --json lists all");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String left(Run run) {
    int rejected = run.predictions().rejected().size();
    return (rejected > 0 ? "; " + rejected + " rejected" : "")
        + (run.ignored() > 0 ? "; " + run.ignored() + " hidden files ignored" : "");
  }

  /** An image and its classes, best first. */
  private static String line(Predictions predictions, Prediction image) {
    return image.key()
        + ": "
        + image.best().stream()
            .map(guess -> label(predictions, guess))
            .collect(Collectors.joining(", "));
  }

  private static String label(Predictions predictions, Guess guess) {
    String name =
        predictions.named() ? predictions.classes().get(guess.label()) : "class " + guess.label();
    return Text.format("%s %.4f", name, guess.probability());
  }

  private Map<String, ?> json(Run run) {
    Predictions predictions = run.predictions();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", run.config().name());
    object.put("timesteps", run.config().timesteps());
    if (target == null) {
      object.putAll(PredictionFormat.object(predictions));
    } else {
      object.put("output", target);
      object.put("shape", new int[] {predictions.images().size(), predictions.count()});
      object.put("rejected", PredictionFormat.rejected(predictions));
    }
    object.put("ignored", run.ignored());
    return object;
  }
}
