package io.spikeformer.jobs;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.cost.FeatureMap;
import io.spikeformer.model.cost.ModelSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the blocks of a network with shapes, parameters and MACs. */
@Command(
    name = "describe",
    description = "Prints the blocks of a network with their shapes, parameters and MACs.",
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer describe --preset 31M")
final class DescribeCommand implements Runnable {
  @Mixin private PresetOptions network;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    MetaSpikeFormerConfig config = network.config();
    ModelSummary summary = ModelSummary.of(config, network.size(), network.size());
    output.print(() -> text(config, summary), () -> json(config, summary));
  }

  private String text(MetaSpikeFormerConfig config, ModelSummary summary) {
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
        "%s: %s parameters, %s, T = %d; shapes are height x width x channels, MACs those of one"
            + " image and timestep%n%n%s",
        config.name(),
        count(summary.parameters()),
        config.attention().name().replace('_', '-'),
        config.timesteps(),
        table.toString().stripTrailing());
  }

  private Map<String, ?> json(MetaSpikeFormerConfig config, ModelSummary summary) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", config.name());
    object.put("timesteps", config.timesteps());
    object.put("parameters", summary.parameters());
    object.put("macsFused", summary.fusedMacs());
    object.put("macsAsExecuted", summary.executedMacs());
    object.put("blocks", summary.blocks().stream().map(DescribeCommand::json).toList());
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
