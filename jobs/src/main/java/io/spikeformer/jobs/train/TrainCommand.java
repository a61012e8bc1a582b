package io.spikeformer.jobs.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.jobs.cli.ArithmeticOption;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelChoice;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.RecipeFile;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import io.spikeformer.train.spark.TrainingOptions;
import io.spikeformer.train.spark.TrainingPlaces;
import io.spikeformer.train.spark.TrainingPreview;
import io.spikeformer.train.spark.TrainingResult;
import io.spikeformer.train.spark.TrainingRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model by a recipe. */
@Command(
    name = "train",
    description = {
      "Trains a model by a recipe.",
      "The output folder receives checkpoints, metrics.jsonl, recipe.yaml and, at the end,"
          + " model.spkf. A training that was stopped goes on with --resume, to the same bits.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer train --recipe conf/recipes/cifar10-tiny-t1.yaml --train shards/train \\",
      "    --validation shards/test --output runs/t1 --workers 2 --set schedule.epochs=5"
    })
public final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private KernelChoice kernels;
  @Mixin private ArithmeticOption arithmetic;
  @Mixin private OutputOptions output;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE",
      description = "Recipe in YAML; see conf/recipes and docs/recipes.md.")
  private String recipe;

  @Option(
      names = "--train",
      required = true,
      paramLabel = "URI",
      description = "Shards of the training split.")
  private String train;

  @Option(
      names = "--validation",
      paramLabel = "URI",
      description = "Shards of the split on which each epoch is validated.")
  private String validation;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Folder of the training.")
  private String target;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers that are averaged; the same as --set averaging.workers=N.",
      converter = PositiveNumber.class)
  private Integer workers;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a value of the recipe, for example schedule.epochs=5; repeatable.",
      showDefaultValue = Visibility.NEVER)
  private List<String> changes = new ArrayList<>();

  @Option(
      names = "--resume",
      description = "Continue from the newest whole checkpoint in the output folder.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      description = {
        "Print every value of the recipe with its source, the learning rate, rounds, shares, memory"
            + " and traffic. Refuse settings that do not fit together, and train nothing."
      })
  private boolean dryRun;

  @Override
  public void run() {
    String text = RecipeFile.read(recipe);
    Recipe parsed = Usage.recipe(spec, text, recipe, overrides());
    TrainingPlaces places = new TrainingPlaces(train, validation, target);
    TrainingOptions options =
        new TrainingOptions(
            resume ? TrainingOptions.Start.RESUME : TrainingOptions.Start.FRESH,
            arithmetic.policy(),
            kernels.choice(),
            sparkOptions.threads().orElse(0),
            1);
    Configuration hadoop = HadoopSettings.configuration();
    TrainingRun.requirePlaces(places, options, hadoop);
    if (!resume) {
      // a training that goes on writes its recipe again, which may well be the given one
      new OutputFolder(target, hadoop).requireOtherRecipe(recipe);
    }
    if (dryRun) {
      preview(TrainingPreview.of(parsed, places, options, hadoop), text);
      return;
    }
    try (RunningSpark running = SparkSessions.startTraining("spikeformer train", sparkOptions)) {
      SparkSession spark = running.session();
      TrainingResult result = train(spark, "training", parsed, places, options);
      output.print(() -> describe(result), () -> json(result));
    }
  }

  private void preview(TrainingPreview preview, String text) {
    TrainingPlanText plan =
        new TrainingPlanText(preview, RecipeReader.explain(text, recipe, overrides()));
    output.print(plan::text, plan::json);
  }

  private List<String> overrides() {
    List<String> overrides = new ArrayList<>();
    if (workers != null) {
      overrides.add("averaging.workers=" + workers);
    }
    overrides.addAll(changes);
    return overrides;
  }

  /** Runs a training and shows its progress. */
  public static TrainingResult train(
      SparkSession spark,
      String task,
      Recipe recipe,
      TrainingPlaces places,
      TrainingOptions options) {
    try (TrainingDisplay display = new TrainingDisplay(task)) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return new TrainingRun(context, recipe, places, options, display).run();
    }
  }

  private static String describe(TrainingResult result) {
    return result.history().stream()
        .map(epoch -> TrainingDisplay.describe(epoch) + System.lineSeparator())
        .collect(
            Collectors.joining(
                "",
                "",
                Text.format(
                    "model: %s%nstate SHA-256: %s",
                    result.model(), result.checkpoint().stateSha256())));
  }

  private static Map<String, ?> json(TrainingResult result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", result.model());
    object.put("stateSha256", result.checkpoint().stateSha256());
    object.put("steps", result.checkpoint().position().step());
    object.put("epochs", result.history().stream().map(TrainCommand::json).toList());
    return object;
  }

  private static Object json(EpochMetrics epoch) {
    try {
      return new ObjectMapper().readTree(epoch.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(Text.format("metrics that are not JSON: %s", epoch), e);
    }
  }
}
