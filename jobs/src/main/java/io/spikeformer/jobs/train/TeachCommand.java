package io.spikeformer.jobs.train;

import io.spikeformer.common.Text;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.jobs.cli.EvaluationDisplay;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.KernelChoice;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PartitionsOption;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.RecipeFile;
import io.spikeformer.jobs.cli.RunningSpark;
import io.spikeformer.jobs.cli.SparkOptions;
import io.spikeformer.jobs.cli.SparkSessions;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.train.spark.teach.TeachJob;
import io.spikeformer.train.spark.teach.TeachOptions;
import io.spikeformer.train.teacher.TeacherFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Adds a teacher's logits to shards. */
@Command(
    name = "teach",
    description = {
      "Adds a teacher's logits to shards, for trainings with distillation.teacher: column.",
      "The output is a split with the same samples and one more column: the teacher's answer to"
          + " each, prepared as for evaluation, without augmentation. A run that was stopped goes"
          + " on where it was.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer teach --model runs/teacher --data shards/train --output taught/train",
      "  jobs/spikeformer teach --model regnety-160.onnx --data shards/train --output taught/train \\",
      "    --set data.evaluation.size=288 --set data.evaluation.resize=320"
    })
public final class TeachCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private KernelChoice kernels;
  @Mixin private OutputOptions output;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "URI",
      description =
          "The teacher: a checkpoint, the output folder of a training, or an .onnx file. The latter"
              + " has one input [batch, channels, height, width] and logits as its first output.")
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
      description = "Folder that receives the split with the logits.")
  private String target;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps of the teacher, if not those of its checkpoint.",
      converter = PositiveNumber.class)
  private Integer timesteps;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "32",
      description = "Samples that a task computes at once.",
      converter = PositiveNumber.class)
  private int batch;

  @Mixin private PartitionsOption tasks;

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description =
          "Recipe whose data.evaluation, data.mean and data.std prepare the samples. Default: the"
              + " recipe of the checkpoint's training. For an ONNX file the default is a centre crop"
              + " of 224 out of 256 pixels with ImageNet's mean and deviation.",
      showDefaultValue = Visibility.NEVER)
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a value of that recipe, for example data.evaluation.size=288.",
      showDefaultValue = Visibility.NEVER)
  private List<String> changes = new ArrayList<>();

  @Override
  public void run() {
    TeachOptions.Work work =
        new TeachOptions.Work(
            batch, tasks.partitions(), sparkOptions.threads().orElse(0), 1, kernels.choice());
    TeachOptions options =
        new TeachOptions(
            model, data, target, preparation(), timesteps == null ? 0 : timesteps, work);
    TeacherFile teacher = TeachJob.teacher(options, HadoopSettings.configuration());
    try (RunningSpark running = SparkSessions.start("spikeformer teach", sparkOptions)) {
      SparkSession spark = running.session();
      ShardManifest manifest = teach(spark, options, teacher);
      output.print(() -> describe(manifest), () -> json(manifest));
    }
  }

  private static ShardManifest teach(
      SparkSession spark, TeachOptions options, TeacherFile teacher) {
    try (EvaluationDisplay display = new EvaluationDisplay("answering")) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return TeachJob.run(context, options, teacher, display);
    }
  }

  private TeachOptions.Preparation preparation() {
    String text = recipe == null ? "" : RecipeFile.read(recipe);
    Usage.requireKeys(spec, text, changes);
    if (recipe == null) {
      TeachOptions.Preparation own = TeachOptions.Preparation.OF_TEACHER;
      return new TeachOptions.Preparation(own.recipe(), own.source(), changes);
    }
    return new TeachOptions.Preparation(text, recipe, changes);
  }

  private String describe(ShardManifest manifest) {
    return Text.format(
        "%s: %s answered for %,d samples of %d classes in %d shards: %s",
        manifest.split(),
        manifest.source().teacher().file(),
        manifest.accepted(),
        manifest.classes().size(),
        manifest.shards().size(),
        target);
  }

  private Map<String, ?> json(ShardManifest manifest) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("output", target);
    object.put("split", manifest.split());
    object.put("samples", manifest.accepted());
    object.put("shards", manifest.shards().size());
    object.put("bytes", manifest.shards().stream().mapToLong(ShardManifest.Shard::bytes).sum());
    object.put("teacher", manifest.source().teacher());
    return object;
  }
}
