package io.spikeformer.jobs.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.eval.spark.Evaluator;
import io.spikeformer.jobs.cli.EvaluationDisplay;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelChoice;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.OverwriteOption;
import io.spikeformer.jobs.cli.PartitionsOption;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.chip.ChipArithmetic;
import io.spikeformer.model.chip.ExpandedModel;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.classification.ClassMatching;
import io.spikeformer.tasks.classification.Classification;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates a trained model: accuracy, firing rates, energy, report. */
@Command(
    name = "evaluate",
    description = {
      "Evaluates a trained model: accuracy or mean IoU, loss, confusion, firing rates and energy.",
      "Images are prepared as the recipe of the training says. The output folder receives"
          + " evaluation.json, energy.csv and report.html.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer evaluate --model runs/t4 --data shards/test --output runs/t4/test")
public final class EvaluateCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluateCommand.class);

  @Mixin private SparkOptions sparkOptions;
  @Mixin private KernelChoice kernels;
  @Mixin private EnergyOptions energy;
  @Mixin private OutputOptions output;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description = "Checkpoint, or output folder of a training.")
  private String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "Shards of the split.")
  private String data;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Folder that receives the result.")
  private String target;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the model.",
      converter = PositiveNumber.class)
  private Integer timesteps;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "32",
      description = "Images that a task computes at once.",
      converter = PositiveNumber.class)
  private int batch;

  @Mixin private PartitionsOption tasks;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Evaluate the first N samples alone; shards are random samples of the split.",
      converter = PositiveNumber.class)
  private Integer limit;

  @Option(
      names = "--map-classes",
      paramLabel = "HOW",
      description =
          "For data with some of the model's classes, or with another order (ImageNet-A, -R, -V2)."
              + " name finds them by name; number takes the names for the model's labels from 0. No"
              + " other class can be chosen then. Without it both lists must be the same.",
      showDefaultValue = Visibility.NEVER)
  private ClassMatching matching;

  @Option(
      names = "--expand",
      paramLabel = "NUMBERS",
      description =
          "Run a model of integers as a chip would, on binary spikes and additions alone, and"
              + " compare it with its run on integers (docs/integer.md). float32 computes with the"
              + " trained weights, exact with 16 bits of them and sums of 32 bits.",
      showDefaultValue = Visibility.NEVER)
  private ChipArithmetic expand;

  @Option(
      names = "--predictions",
      description =
          "Also write what the model says of every sample into predictions/*.parquet of the output"
              + " folder. Classification: key, class, five best classes and logits. Segmentation:"
              + " key, labelled and right pixels, and the predicted label map, a PNG file in"
              + " base64.")
  private boolean predictions;

  @Mixin private OverwriteOption overwrite;

  @Override
  public void run() {
    Configuration hadoop = HadoopSettings.configuration();
    new OutputPlaces(new Storage(hadoop))
        .reads("--model", model)
        .readsAllOf("--data", data)
        .folder("--output", target, PlaceContent.EVALUATION, overwrite.existing());
    EvaluationFolder folder = new EvaluationFolder(new Storage(hadoop), target);
    EvaluationOptions common =
        EvaluationOptions.of(model)
            .withBatchSize(batch)
            .withPartitions(tasks.partitions())
            .withThreads(sparkOptions.threads().orElse(0), 1)
            .withKernels(kernels.choice())
            .withExpand(expand)
            .withConstants(energy.constants())
            .withLimit(limit == null ? EvaluationOptions.ALL : limit)
            .withPredictions(predictions ? folder.staged() : "");
    Checkpoint checkpoint = OutputFolder.load(model, hadoop, LOG::warn);
    EvaluationOptions options = common.withTask(task(checkpoint));
    NetworkConfig config = config(checkpoint);
    ShardSet.open(data, hadoop);
    try (RunningSpark running = SparkSessions.start("spikeformer evaluate", sparkOptions)) {
      SparkSession spark = running.session();
      EvaluationResult result =
          evaluate(spark, config, checkpoint, new Places(data, target), options);
      output.print(() -> describe(result, target), () -> json(result));
    }
  }

  /** The network that is evaluated. */
  private NetworkConfig config(Checkpoint checkpoint) {
    NetworkConfig config =
        timesteps == null ? checkpoint.config() : checkpoint.config().withTimesteps(timesteps);
    return expand == null ? config : ExpandedModel.expand(config);
  }

  private Task task(Checkpoint checkpoint) {
    Task task = Tasks.of(RecipeReader.taskOf(checkpoint.recipe()));
    if (matching == null) {
      return task;
    }
    if (!(task instanceof Classification)) {
      throw new UserException(
          "--map-classes: expected a model of classification, found one of task %s; leave it out",
          task.id());
    }
    return new Classification(matching);
  }

  /**
   * Where an evaluation reads and writes.
   *
   * @param data shards of a split
   * @param output folder of the result
   */
  public record Places(String data, String output) {}

  /**
   * Evaluates a model, shows the progress and writes result and report.
   *
   * @param config its architecture at the timesteps to evaluate
   */
  public static EvaluationResult evaluate(
      SparkSession spark,
      NetworkConfig config,
      Checkpoint checkpoint,
      Places places,
      EvaluationOptions options) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    EvaluationFolder folder =
        new EvaluationFolder(new Storage(context.hadoopConfiguration()), places.output());
    InputConfig input = input(checkpoint, config.timesteps());
    EvaluationOptions named = options.withModelClasses(checkpoint.classes());
    Evaluator.requireRunnable(context, config, places.data(), input, named);
    folder.clearStaged();
    EvaluationResult result;
    try (EvaluationDisplay display =
        new EvaluationDisplay("evaluating T = " + config.timesteps())) {
      result =
          Evaluator.evaluate(
              context,
              config,
              checkpoint.state(),
              places.data(),
              input,
              named.withProgress(display));
    }
    folder.write(result);
    return result;
  }

  private static InputConfig input(Checkpoint checkpoint, int timesteps) {
    if (checkpoint.recipe().isBlank()) {
      throw new UserException(
          "model: expected a checkpoint with the recipe of its training, found none: how its images"
              + " are prepared is unknown");
    }
    return Recipe.fromYaml(checkpoint.recipe()).data().evaluationInput(timesteps);
  }

  /** A few lines about a result. */
  static String describe(EvaluationResult result, String folder) {
    TaskResult outcome = result.outcome();
    List<Figure> shown = outcome.figures();
    // the loss stands after the figures that are like the primary one
    int alike = outcome.comparable().size();
    List<String> figures = new ArrayList<>(texts(shown.subList(0, alike)));
    result.loss().ifPresent(loss -> figures.add("loss " + Numbers.decimals(loss, 4)));
    figures.addAll(texts(shown.subList(alike, shown.size())));
    return Text.format(
        "%s at T = %d: %s on %,d images%n"
            + "%s"
            + "firing rate %.4f, energy of an image %.4f mJ fused, %.4f mJ as executed%n"
            + "%s%sreport: %s/report.html",
        result.config().name(),
        result.config().timesteps(),
        String.join(", ", figures),
        result.samples(),
        afterTimesteps(result),
        result.firingRate(),
        result.fused().millijoules(),
        result.asExecuted().millijoules(),
        outcome.remark().map(remark -> remark + System.lineSeparator()).orElse(""),
        result.expansion().map(each -> each.text() + System.lineSeparator()).orElse(""),
        folder);
  }

  private static List<String> texts(List<Figure> figures) {
    return figures.stream().map(figure -> figure.brief() + " " + figure.text()).toList();
  }

  private static String afterTimesteps(EvaluationResult result) {
    Figure primary = result.primary();
    return result
        .outcome()
        .afterTimesteps()
        .map(bars -> bars.rows().stream().map(row -> primary.unit().print(row.value())).toList())
        .map(
            all ->
                Text.format(
                    "%s after each timestep: %s%n", primary.brief(), String.join(", ", all)))
        .orElse("");
  }

  private static Object json(EvaluationResult result) {
    try {
      return new ObjectMapper().readTree(result.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("result that is not JSON", e);
    }
  }
}
