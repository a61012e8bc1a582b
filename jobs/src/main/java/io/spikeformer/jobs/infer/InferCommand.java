package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.Expansion;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelOptions;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.chip.ChipArithmetic;
import io.spikeformer.model.chip.ExpandedModel;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.DataSettings;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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

/** Says what images are, or their pixels, or what is in them, in this process, without Spark. */
@Command(
    name = "infer",
    description = {
      "Says what images are: the best classes with their names and probabilities, or the logits."
          + " With a model of segmentation it says the class of every pixel, with one of detection"
          + " the objects with their boxes and masks.",
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
      "  jobs/spikeformer infer --model runs/t4 --input images.npy --output logits.npy",
      "  jobs/spikeformer infer --model runs/ade20k --input photos --output maps --overlay",
      "  jobs/spikeformer infer --model runs/coco --input photos --output objects --overlay"
    })
public final class InferCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(InferCommand.class);

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
      names = "--expand",
      paramLabel = "NUMBERS",
      description =
          "Run a model of integers as a chip would, as evaluate --expand does: float32 or"
              + " exact.",
      showDefaultValue = Visibility.NEVER)
  private ChipArithmetic expand;

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
              + " .npy for the logits alone (default: standard output). Segmentation: folder that"
              + " receives KEY.png, a label map of the image's size, for every image. Detection:"
              + " folder that receives detections.json, all objects in COCO's format of results.",
      showDefaultValue = Visibility.NEVER)
  private String target;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Format of the output, if not that of its ending: csv, json, jsonl or npy."
              + " Classification only.",
      showDefaultValue = Visibility.NEVER)
  private PredictionFormat format;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "Best classes that are told of each image. Classification only.",
      converter = PositiveNumber.class)
  private int top;

  @Option(
      names = "--logits",
      description = "Also write the logits into CSV or JSON. Classification only.")
  private boolean logits;

  @Option(
      names = "--palette",
      paramLabel = "PALETTE",
      defaultValue = "classes",
      description =
          "Look of label maps: colours of the classes (classes) or levels of grey (none); the"
              + " stored values are the labels in both. Segmentation only.")
  private LabelPalette palette;

  @Option(
      names = "--overlay",
      description =
          "Also write KEY-overlay.png: the image with the colours of its pixels' classes, or with"
              + " the boxes and masks of its objects. Segmentation and detection only.")
  private boolean overlay;

  @Option(
      names = "--least-score",
      paramLabel = "S",
      defaultValue = "0.3",
      description =
          "Objects of lower scores are neither told nor drawn; detections.json has them too."
              + " Detection only.")
  private double leastScore;

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
    Checkpoint checkpoint = OutputFolder.load(model, hadoop, LOG::warn);
    TruthKind truth = TaskOptions.truth(checkpoint);
    requireMeaning(truth);
    NetworkConfig config = config(checkpoint);
    AnswerMaker maker =
        switch (truth) {
          case CLASS_LABEL -> classes(storage, checkpoint);
          case LABEL_MAP -> labelMaps(storage, checkpoint);
          case OBJECTS -> detections(storage, checkpoint);
        };
    FinishedInference run = run(storage, checkpoint, config, maker);
    output.print(() -> run.text(target), run::json);
  }

  /** Makes what takes a model's answers, once the places of outputs are checked. */
  private interface AnswerMaker {
    Answers make(NetworkConfig config, Optional<SlidingWindow> window, int threads);
  }

  /** The network that is asked; T of images that are sequences of frames is known later. */
  private NetworkConfig config(Checkpoint checkpoint) {
    NetworkConfig config =
        timesteps == null ? checkpoint.config() : checkpoint.config().withTimesteps(timesteps);
    return expand == null ? config : ExpandedModel.expand(config);
  }

  /** Refuses options that have no meaning here. */
  private void requireMeaning(TruthKind truth) {
    if (overlay && truth == TruthKind.CLASS_LABEL) {
      throw new UserException(
          "--overlay: expected a model of segmentation or detection, found one of task %s; leave it"
              + " out",
          truth.task());
    }
    if (overlay && target == null) {
      throw new ParameterException(
          spec.commandLine(), "--overlay: expected it with --output, found it without");
    }
    TaskOptions.requireOf(truth, spec.commandLine().getParseResult());
  }

  private AnswerMaker classes(Storage storage, Checkpoint checkpoint) {
    Optional<ClassAnswers.Target> file =
        wanted()
            .map(
                chosen -> {
                  Path path =
                      places(storage)
                          .file("--output", target, chosen.content(), overwrite.existing());
                  return new ClassAnswers.Target(storage, target, path, chosen);
                });
    boolean kept = logits || file.filter(f -> f.format() == PredictionFormat.NPY).isPresent();
    ClassAnswers.Logits treatment = kept ? ClassAnswers.Logits.KEPT : ClassAnswers.Logits.DROPPED;
    return (config, window, threads) ->
        new ClassAnswers(checkpoint.classes(), config.classes(), top, treatment, file);
  }

  private AnswerMaker labelMaps(Storage storage, Checkpoint checkpoint) {
    Optional<LabelMapAnswers.Target> folder =
        folder(storage, TruthKind.LABEL_MAP, "label maps", PlaceContent.LABEL_MAPS)
            .map(path -> new LabelMapAnswers.Target(storage, target, path, palette, pictures()));
    return (config, window, threads) ->
        new LabelMapAnswers(names(checkpoint, config), window, threads, folder);
  }

  private AnswerMaker detections(Storage storage, Checkpoint checkpoint) {
    Optional<DetectionAnswers.Target> folder =
        folder(storage, TruthKind.OBJECTS, "detections", PlaceContent.DETECTIONS)
            .map(path -> new DetectionAnswers.Target(storage, target, path, pictures()));
    return (config, window, threads) ->
        new DetectionAnswers(names(checkpoint, config), leastScore, folder);
  }

  private Overlay pictures() {
    return overlay ? Overlay.WANTED : Overlay.NONE;
  }

  /** Names of the classes by label, whether the model has them or not. */
  private static List<String> names(Checkpoint checkpoint, NetworkConfig config) {
    List<String> known = checkpoint.classes();
    return IntStream.range(0, config.classes())
        .mapToObj(label -> known.isEmpty() ? "class " + label : known.get(label))
        .toList();
  }

  /** The checked folder of the output; empty for standard output. */
  private Optional<Path> folder(
      Storage storage, TruthKind truth, String words, PlaceContent content) {
    if (target == null) {
      return Optional.empty();
    }
    if (PredictionFormat.ofName(target).isPresent()) {
      throw new UserException(
          "--output: expected a folder for %s, since the model is one of %s, found the name of a"
              + " file, %s",
          words, truth.task(), target);
    }
    places(storage).folder("--output", target, content, overwrite.existing());
    return Optional.of(Storage.path(target));
  }

  private OutputPlaces places(Storage storage) {
    return new OutputPlaces(storage).reads("--model", model).readsAllOf("--input", input);
  }

  private FinishedInference run(
      Storage storage, Checkpoint checkpoint, NetworkConfig config, AnswerMaker maker) {
    TruthKind truth = TaskOptions.truth(checkpoint);
    Optional<IntFunction<InputConfig>> preparation = preparation(checkpoint);
    InferenceInputs inputs = new InferenceInputs(storage, config, preparation, truth, batch);
    InferenceInputs.Values values =
        normalised ? InferenceInputs.Values.NORMALISED : InferenceInputs.Values.UNKNOWN;
    try (InferenceInput images = inputs.open(input, layout, values);
        Kernels kernels = kernelOptions.create()) {
      if (overlay && !images.hasOriginals()) {
        throw new UserException(
            "--overlay: expected images, found numbers alone in %s; leave it out", input);
      }
      boolean frames = timesteps == null && images.frames() > 1;
      NetworkConfig timed = frames ? config.withTimesteps(images.frames()) : config;
      Optional<SlidingWindow> window =
          preparation.flatMap(prepare -> prepare.apply(timed.timesteps()).window());
      Answers answers = maker.make(timed, window, kernels.threads());
      Optional<Expansion> expansion =
          new Inference(timed, window, expand).run(checkpoint, images, kernels, answers);
      List<Rejection> rejected = new ArrayList<>(images.rejected());
      rejected.addAll(answers.rejected());
      requireSome(answers, rejected);
      answers.finish(rejected);
      return new FinishedInference(timed, answers, rejected, images.ignored(), expansion);
    }
  }

  private void requireSome(Answers answers, List<Rejection> rejected) {
    if (answers.count() == 0) {
      Rejection first = rejected.get(0);
      throw new UserException(
          "%s: expected a usable image, found %s: %s",
          input,
          rejected.size() == 1
              ? "none"
              : Text.format("%d others, the first of them %s", rejected.size(), first.path()),
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
}
