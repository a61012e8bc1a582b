package io.spikeformer.jobs;

import io.spikeformer.model.BlockSpec;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.Recompute;
import io.spikeformer.model.cost.FeatureMap;
import io.spikeformer.model.cost.ModelSummary;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.model.optim.OptimizerName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the blocks of a network with shapes, parameters and MACs. */
@Command(
    name = "describe",
    description = {
      "Prints the blocks of a network with their shapes, parameters and MACs, and the memory that a"
          + " replica needs outside the Java heap.",
    },
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer describe --preset 31M --timesteps 4 --batch 32 --recompute block")
final class DescribeCommand implements Runnable {
  @Mixin private PresetOptions network;
  @Mixin private StepOptions step;
  @Mixin private OutputOptions output;

  @Option(
      names = "--timesteps",
      paramLabel = "T",
      description = "Timesteps, if not those of the preset.",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private Integer timesteps;

  @Override
  public void run() {
    NetworkConfig config = network.config().withPrecision(step.precision());
    config = timesteps == null ? config : config.withTimesteps(timesteps);
    Workload workload =
        new Workload(
            config,
            step.batch(),
            network.size(),
            network.size(),
            Runtime.getRuntime().availableProcessors());
    print(config, new Memory(workload, step.recompute()));
  }

  /** What a replica needs, with LAMB or AdamW. */
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

  private void print(NetworkConfig config, Memory memory) {
    ModelSummary summary = ModelSummary.of(config, network.size(), network.size());
    output.print(() -> text(config, summary, memory), () -> json(config, summary, memory));
  }

  private String text(NetworkConfig config, ModelSummary summary, Memory memory) {
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
    return String.format(
        Locale.ROOT,
        "%s: %s parameters%s, T = %d; shapes are height x width x channels, MACs those of one"
            + " image and timestep%n%n%s%n%n%s",
        config.name(),
        count(summary.parameters()),
        attention(config),
        config.timesteps(),
        table.toString().stripTrailing(),
        text(memory));
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
    return String.format(
        Locale.ROOT,
        "memory outside the heap of a replica of %s, recompute %s, on %d threads:%n"
            + "  training %s%n  inference %s",
        memory.workload(),
        memory.recompute().label(),
        memory.workload().threads(),
        memory.training().describe(),
        memory.inference().describe());
  }

  private static Map<String, ?> json(NetworkConfig config, ModelSummary summary, Memory memory) {
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
    return String.format(Locale.ROOT, "%,d", number);
  }
}
