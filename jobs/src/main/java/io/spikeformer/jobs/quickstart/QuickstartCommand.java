package io.spikeformer.jobs.quickstart;

import io.spikeformer.common.Text;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.spark.PrepareInputs;
import io.spikeformer.data.spark.PrepareOptions;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.spark.EvaluationOptions;
import io.spikeformer.jobs.cli.ArithmeticOption;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelChoice;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.jobs.evaluate.EvaluateCommand;
import io.spikeformer.jobs.prepare.ConversionOptions;
import io.spikeformer.jobs.train.TrainCommand;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import io.spikeformer.train.spark.TrainingOptions;
import io.spikeformer.train.spark.TrainingPlaces;
import io.spikeformer.train.spark.TrainingResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole way once, on images that it draws itself. */
@Command(
    name = "quickstart",
    description = {
      "Draws a small image set and goes the whole way with it: prepare, train at T = 1, finetune at"
          + " T = 4, evaluate, report.",
      "Takes a few minutes on two cores. A run that was stopped goes on where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer quickstart --output demo",
      "  jobs/spikeformer quickstart --task segmentation --output scenes",
      "  jobs/spikeformer quickstart --task detection --output objects"
    })
public final class QuickstartCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(QuickstartCommand.class);
  private static final String IMAGES = "images";
  private static final int SHARDS = 4;

  @Mixin private SparkOptions sparkOptions;
  @Mixin private KernelChoice kernels;
  @Mixin private ArithmeticOption arithmetic;
  @Mixin private OutputOptions output;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      defaultValue = "classification",
      description =
          "classification: a class for each image; segmentation: a class for each pixel of scenes;"
              + " detection: box and mask of each object in scenes.")
  private Subject subject;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "spikeformer-quickstart",
      description = "Local folder that receives everything.")
  private Path folder;

  @Override
  public void run() {
    long start = System.nanoTime();
    requirePlaces();
    drawImages();
    try (RunningSpark running =
        SparkSessions.startTraining("spikeformer quickstart", sparkOptions)) {
      SparkSession spark = running.session();
      prepare(spark, Subject.TRAINING);
      prepare(spark, Subject.TEST);
      TrainingResult direct = train(spark, 1, List.of());
      EvaluationResult atOne = evaluate(spark, "t1", direct.checkpoint());
      TrainingResult finetuned = train(spark, 4, List.of("initialise-from=" + path("t1")));
      EvaluationResult atFour = evaluate(spark, "t4", finetuned.checkpoint());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      List<Outcome> outcomes = List.of(new Outcome(direct, atOne), new Outcome(finetuned, atFour));
      output.print(() -> describe(outcomes, took), () -> json(outcomes, took));
    }
  }

  /** A training and what became of it. */
  private record Outcome(TrainingResult training, EvaluationResult evaluation) {}

  /** Everything goes on in the folder of an earlier run; its names alone do not make it one. */
  private void requirePlaces() {
    OutputPlaces outputs = new OutputPlaces(new Storage(HadoopSettings.configuration()));
    outputs.folder("--output", folder.toString(), PlaceContent.QUICKSTART, Existing.CONTINUE);
    subject.requireOwn(folder.resolve(IMAGES));
    for (String name : List.of("t1", "t4")) {
      outputs.folder("--output", path(name + "/test"), PlaceContent.EVALUATION, Existing.CONTINUE);
    }
  }

  private void drawImages() {
    Path raw = folder.resolve(IMAGES);
    subject.draw(raw);
    LOG.info("drew {} of {} classes in {}", subject.noun(), subject.classes().size(), raw);
  }

  private void prepare(SparkSession spark, String split) {
    PrepareOptions options =
        PrepareOptions.of(subject.split(path(IMAGES), split), path("shards")).withShards(SHARDS);
    PrepareInputs inputs =
        PrepareInputs.of(options, new Storage(spark.sparkContext().hadoopConfiguration()));
    LOG.info("{}", ConversionOptions.describe(ConversionOptions.prepare(spark, inputs)));
  }

  private TrainingResult train(SparkSession spark, int timesteps, List<String> changes) {
    Recipe recipe = recipe(subject.recipe(timesteps), changes);
    TrainingPlaces places = new TrainingPlaces(path("shards/train"), null, path("t" + timesteps));
    TrainingOptions options =
        new TrainingOptions(
            TrainingOptions.Start.RESUME,
            arithmetic.policy(),
            kernels.choice(),
            sparkOptions.threads().orElse(0),
            1);
    return TrainCommand.train(spark, "training at T = " + timesteps, recipe, places, options);
  }

  /** A recipe of conf/recipes, which the build puts into the jar. */
  private static Recipe recipe(String name, List<String> changes) {
    try (InputStream stream = QuickstartCommand.class.getResourceAsStream("/recipes/" + name)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return RecipeReader.read(text, name, changes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EvaluationResult evaluate(SparkSession spark, String name, Checkpoint checkpoint) {
    EvaluateCommand.Places places =
        new EvaluateCommand.Places(path("shards/test"), path(name + "/test"));
    EvaluationOptions options =
        EvaluationOptions.of(path(name))
            .withTask(Tasks.of(subject.label()))
            .withKernels(kernels.choice());
    return EvaluateCommand.evaluate(spark, checkpoint.config(), checkpoint, places, options);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String describe(List<Outcome> outcomes, Duration took) {
    Figure primary = outcomes.get(0).evaluation().primary();
    TextTable table =
        new TextTable(
            1,
            "timesteps",
            primary.brief() + primary.unit().symbol(),
            "firing rate",
            "mJ fused",
            "mJ as executed");
    for (Outcome outcome : outcomes) {
      EvaluationResult result = outcome.evaluation();
      table.row(
          "T = " + result.config().timesteps(),
          number("%.1f", primary.unit().scaled(result.primary().value())),
          number("%.4f", result.firingRate()),
          number("%.4f", result.fused().millijoules()),
          number("%.4f", result.asExecuted().millijoules()));
    }
    Outcome last = outcomes.get(outcomes.size() - 1);
    return Text.format(
        "%,d test %s of %d classes%s, %d:%02d minutes%n%n%s%nreport: %s%nstate SHA-256: %s",
        last.evaluation().samples(),
        subject.noun(),
        subject.classes().size(),
        subject.chance(),
        took.toMinutes(),
        took.toSecondsPart(),
        table,
        folder.resolve("t4/test/report.html"),
        last.training().checkpoint().stateSha256());
  }

  private Map<String, ?> json(List<Outcome> outcomes, Duration took) {
    EvaluationResult last = outcomes.get(outcomes.size() - 1).evaluation();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("seconds", took.toMillis() / 1000.0);
    object.put("classes", subject.classes().size());
    object.put("testImages", last.samples());
    for (Outcome outcome : outcomes) {
      object.put("t" + outcome.evaluation().config().timesteps(), json(outcome));
    }
    object.put("report", folder.resolve("t4/test/report.html").toString());
    return object;
  }

  private Map<String, ?> json(Outcome outcome) {
    EvaluationResult result = outcome.evaluation();
    Map<String, Object> object = new LinkedHashMap<>();
    String figure = subject == Subject.CLASSIFICATION ? "accuracy" : result.primary().name();
    object.put(figure, result.primary().value());
    object.put("firingRate", result.firingRate());
    object.put("millijoulesFused", result.fused().millijoules());
    object.put("millijoulesAsExecuted", result.asExecuted().millijoules());
    object.put("stateSha256", outcome.training().checkpoint().stateSha256());
    return object;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
