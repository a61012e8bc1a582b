package io.spikeformer.jobs.model;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.jobs.cli.HadoopSettings;
import io.spikeformer.jobs.cli.NetworkOptions;
import io.spikeformer.jobs.cli.OutputOptions;
import io.spikeformer.jobs.cli.PositiveNumber;
import io.spikeformer.jobs.cli.PresetOptions;
import io.spikeformer.jobs.cli.StepOptions;
import io.spikeformer.jobs.cli.TextTable;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.cost.FeatureMap;
import io.spikeformer.model.cost.ModelSummary;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the blocks of a network with shapes, parameters and MACs, and what a checkpoint holds. */
@Command(
    name = "describe",
    description = {
      "Prints the blocks of a network with their shapes, parameters and MACs, and the memory that a"
          + " replica needs outside the Java heap.",
      "For a trained model it also prints the position of its training, and the SHA-256 of its"
          + " parameters and statistics. Models that are the same bit for bit have the same.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  jobs/spikeformer describe --preset 31M --timesteps 4 --batch 32 --recompute block",
      "  jobs/spikeformer describe --model runs/t1"
    })
public final class DescribeCommand implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(DescribeCommand.class);

  @ArgGroup(multiplicity = "1")
  private Subject subject;

  @Mixin private NetworkOptions differences;
  @Mixin private StepOptions step;
  @Mixin private OutputOptions output;

  @Spec private CommandSpec spec;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the network.",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private Integer timesteps;

  /** The described network or checkpoint. */
  private static final class Subject {
    @Option(
        names = "--preset",
        paramLabel = "NAME",
        converter = PresetOptions.Converter.class,
        completionCandidates = PresetOptions.Names.class,
        description = "A published network, one of ${COMPLETION-CANDIDATES}.")
    private NetworkConfig preset;

    @Option(
        names = "--model",
        paramLabel = "URI",
        description = "A trained model: checkpoint, or output folder of a training.")
    private String model;
  }

  @Override
  public void run() {
    if (subject.model == null) {
      NetworkConfig preset = subject.preset;
      NetworkConfig network = Usage.of(spec, () -> differences.apply(preset));
      int size = preset.imageSize();
      describe(null, network, new FeatureMap(size, size, network.channels()));
      return;
    }
    differences
        .fixedByTraining()
        .ifPresent(
            fault -> {
              throw new ParameterException(spec.commandLine(), fault + "; leave the option out");
            });
    CheckpointStore.Stored found =
        OutputFolder.find(subject.model, HadoopSettings.configuration(), LOG::warn);
    Checkpoint checkpoint = found.checkpoint();
    describe(
        new CheckpointSummary(found.file(), checkpoint), checkpoint.config(), image(checkpoint));
  }

  /** An image as the model is evaluated with. */
  private static FeatureMap image(Checkpoint checkpoint) {
    int channels = checkpoint.config().channels();
    if (checkpoint.recipe().isBlank()) {
      int size = checkpoint.config().imageSize();
      return new FeatureMap(size, size, channels);
    }
    InputConfig input = Recipe.fromYaml(checkpoint.recipe()).evaluationInput();
    return new FeatureMap(input.height(), input.width(), channels);
  }

  private void describe(CheckpointSummary checkpoint, NetworkConfig known, FeatureMap image) {
    NetworkConfig given = step.apply(known);
    NetworkConfig config = timesteps == null ? given : given.withTimesteps(timesteps);
    int height = differences.size(image.height());
    int width = differences.size(image.width());
    Workload workload =
        new Workload(
            config, step.batch(), height, width, Runtime.getRuntime().availableProcessors());
    Memory memory = new Memory(workload, step.recompute());
    ModelSummary summary = ModelSummary.of(config, height, width);
    output.print(
        () ->
            (checkpoint == null ? "" : checkpoint.text() + System.lineSeparator())
                + text(config, summary, memory),
        () -> json(checkpoint, json(config, summary, memory)));
  }

  private static Map<String, ?> json(CheckpointSummary checkpoint, Map<String, Object> network) {
    if (checkpoint != null) {
      network.put("checkpoint", checkpoint.json());
    }
    return network;
  }

  /** The memory of a replica, with LAMB or AdamW. */
  private record Memory(
      Workload workload, Recompute recompute, MemoryNeed training, MemoryNeed inference) {
    Memory(Workload workload, Recompute recompute) {
      this(
          workload,
          recompute,
          MemoryNeed.ofTraining(workload, recompute, OptimizerName.LAMB),
          MemoryNeed.ofInference(workload));
    }
  }

  private static String text(NetworkConfig config, ModelSummary summary, Memory memory) {
    TextTable table =
        new TextTable(
            4, "block", "kind", "input", "output", "parameters", "MACs fused", "MACs as executed");
    for (ModelSummary.Block block : summary.blocks()) {
      table.row(
          block.name(),
          lower(block.kind()),
          block.input().toString(),
          block.output().toString(),
          count(block.parameters()),
          count(block.fusedMacs()),
          count(block.executedMacs()));
    }
    table.row(
        "total",
        "",
        "",
        "",
        count(summary.parameters()),
        count(summary.fusedMacs()),
        count(summary.executedMacs()));
    return Text.format(
        "%s: %s parameters%s, T = %d; shapes are height x width x channels, MACs those of one"
            + " image and timestep%n%n%s%n%n%s",
        config.name(),
        count(summary.parameters()),
        attention(config) + integers(config),
        config.timesteps(),
        table.toString().stripTrailing(),
        text(memory));
  }

  /** The integers that neurons fire, if they do. */
  private static String integers(NetworkConfig config) {
    IntegerFiring integers = config.neuron().integers();
    return integers == null ? "" : ", integers 0 to " + integers.levels();
  }

  /** The attention operator, if there is one. */
  private static String attention(NetworkConfig config) {
    return config.blocks().stream()
        .filter(BlockSpec.Transformer.class::isInstance)
        .map(block -> ((BlockSpec.Transformer) block).attention().name().replace('_', '-'))
        .map(operator -> ", " + operator)
        .findFirst()
        .orElse("");
  }

  private static String text(Memory memory) {
    return Text.format(
        "memory outside the heap of a replica of %s, recompute %s, on %d threads:%n"
            + "  training %s%n  inference %s",
        memory.workload(),
        memory.recompute().label(),
        memory.workload().threads(),
        memory.training().describe(),
        memory.inference().describe());
  }

  private static Map<String, Object> json(
      NetworkConfig config, ModelSummary summary, Memory memory) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("timesteps", config.timesteps());
    object.put("parameters", summary.parameters());
    object.put("macsFused", summary.fusedMacs());
    object.put("macsAsExecuted", summary.executedMacs());
    object.put("memory", json(memory));
    object.put("blocks", summary.blocks().stream().map(DescribeCommand::json).toList());
    return object;
  }

  private static Map<String, ?> json(Memory memory) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("batch", memory.workload().batch());
    object.put("size", memory.workload().height());
    object.put("precision", memory.workload().config().precision().label());
    object.put("recompute", memory.recompute().label());
    object.put("threads", memory.workload().threads());
    object.put("training", bytes(memory.training()));
    object.put("inference", bytes(memory.inference()));
    return object;
  }

  /** Bytes by what they are needed for. */
  private static Map<String, ?> bytes(MemoryNeed need) {
    Map<String, Object> object = new LinkedHashMap<>();
    need.parts().forEach(part -> object.put(part.name(), part.bytes()));
    object.put("total", need.bytes());
    return object;
  }

  private static Map<String, ?> json(ModelSummary.Block block) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", block.name());
    object.put("kind", lower(block.kind()));
    object.put("input", shape(block.input()));
    object.put("output", shape(block.output()));
    object.put("parameters", block.parameters());
    object.put("macsFused", block.fusedMacs());
    object.put("macsAsExecuted", block.executedMacs());
    return object;
  }

  private static List<Integer> shape(FeatureMap map) {
    return List.of(map.height(), map.width(), map.channels());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String count(long number) {
    return Text.format("%,d", number);
  }
}
