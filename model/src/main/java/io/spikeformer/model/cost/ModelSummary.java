package io.spikeformer.model.cost;

import io.spikeformer.model.config.BlockSpec.BlockKind;
import io.spikeformer.model.config.NetworkConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A network at a glance: its blocks with shapes, trained parameters and MACs.
 *
 * <p>MACs are those of one image and one timestep.
 *
 * @param model name of the configuration
 * @param blocks blocks from the stem to the head
 */
public record ModelSummary(String model, List<Block> blocks) {
  /** Copies the list. */
  public ModelSummary {
    blocks = List.copyOf(blocks);
  }

  /**
   * One block.
   *
   * @param name for example stage3.block2
   * @param kind what it does
   * @param input [H, W, C] that it reads, the first of several
   * @param output [H, W, C] that it writes; the head writes 1x1 x classes
   * @param parameters trained parameters
   * @param fusedMacs MACs in the fused convention
   * @param executedMacs MACs as executed
   */
  public record Block(
      String name,
      BlockKind kind,
      FeatureMap input,
      FeatureMap output,
      long parameters,
      long fusedMacs,
      long executedMacs) {}

  /**
   * Summarises a network for images of a size.
   *
   * @param height height of the image in pixels
   * @param width width of the image in pixels
   * @throws IllegalArgumentException if the image is empty
   */
  public static ModelSummary of(NetworkConfig config, int height, int width) {
    LayerCosts costs = LayerCosts.of(config, height, width);
    Map<String, Long> fused = byBlock(costs, CountingConvention.FUSED);
    Map<String, Long> executed = byBlock(costs, CountingConvention.AS_EXECUTED);
    List<Block> blocks =
        PlacedBlock.all(config, height, width).stream()
            .map(
                placed ->
                    new Block(
                        placed.spec().name(),
                        placed.spec().kind(),
                        placed.inputs().get(0),
                        placed.output(),
                        placed.parameters(),
                        fused.get(placed.spec().name()),
                        executed.get(placed.spec().name())))
            .toList();
    return new ModelSummary(config.name(), blocks);
  }

  private static Map<String, Long> byBlock(LayerCosts costs, CountingConvention convention) {
    return costs.layers(convention).stream()
        .collect(Collectors.groupingBy(LayerCost::block, Collectors.summingLong(LayerCost::macs)));
  }

  /** Trained parameters of the network: what papers quote. */
  public long parameters() {
    return blocks.stream().mapToLong(Block::parameters).sum();
  }

  /** MACs in the fused convention. */
  public long fusedMacs() {
    return blocks.stream().mapToLong(Block::fusedMacs).sum();
  }

  /** MACs as executed. */
  public long executedMacs() {
    return blocks.stream().mapToLong(Block::executedMacs).sum();
  }
}
