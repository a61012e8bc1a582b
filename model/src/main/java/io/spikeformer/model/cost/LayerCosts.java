package io.spikeformer.model.cost;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.CountedLayer;
import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.model.config.NetworkConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The layers of a network with their multiply-accumulate operations (MACs) per image and timestep,
 * from the configuration and the size of the image alone (paper, Appendix B; docs/energy.md).
 *
 * <p>Batch normalisation and biases are free: they merge into the convolutions. So is the attention
 * operator between the projections; it is listed apart, in {@link #attention}, for those who count
 * it.
 */
public final class LayerCosts {
  private final Map<CountingConvention, List<LayerCost>> layers =
      new EnumMap<>(CountingConvention.class);
  private final Map<CountingConvention, List<LayerCost>> attention =
      new EnumMap<>(CountingConvention.class);

  private LayerCosts(List<PlacedBlock> blocks, RegionMeans regions) {
    for (CountingConvention convention : CountingConvention.values()) {
      layers.put(convention, rows(blocks, Block::layers, convention, regions));
      attention.put(convention, rows(blocks, Block::operators, convention, regions));
    }
  }

  private static List<LayerCost> rows(
      List<PlacedBlock> blocks,
      Function<Block, List<CountedLayer>> layers,
      CountingConvention convention,
      RegionMeans regions) {
    List<LayerCost> rows = new ArrayList<>();
    for (PlacedBlock placed : blocks) {
      for (CountedLayer layer : layers.apply(placed.block())) {
        NetworkPart part = NetworkPart.of(placed, layer);
        boolean merged = convention == CountingConvention.FUSED;
        for (Operation operation : merged ? List.of(layer.merged()) : layer.parts()) {
          rows.add(
              new LayerCost(
                  part,
                  placed.stage(),
                  placed.spec().name(),
                  layer.name(),
                  operation.text(),
                  Math.round(operation.macs() * placed.positions(layer, regions)),
                  layer.neurons()));
        }
      }
    }
    return List.copyOf(rows);
  }

  /**
   * The costs of a network for images of a size.
   *
   * @param height height of the image in pixels
   * @param width width of the image in pixels
   * @throws IllegalArgumentException if the image is empty
   */
  public static LayerCosts of(NetworkConfig config, int height, int width) {
    return of(config, height, width, RegionMeans.MOST);
  }

  /**
   * The same where the heads of a detector compute other numbers of regions than an evaluation has
   * at most.
   *
   * @param regions of an image on average
   */
  public static LayerCosts of(NetworkConfig config, int height, int width, RegionMeans regions) {
    return new LayerCosts(PlacedBlock.all(config, height, width), regions);
  }

  /** The counted layers from the stem to the head. */
  public List<LayerCost> layers(CountingConvention convention) {
    return layers.get(convention);
  }

  /**
   * The spike-driven attention operators, two rows per transformer block, or one where values are
   * only masked.
   *
   * <p>SDSA-3 and SDSA-4 add the rows of V (of K^T V) that a spike of K (of Q) selects. They need N
   * D D operations each in the fused convention, which knows no heads, and N D D / heads as
   * executed, for N tokens of D channels. SDSA-1 and SDSA-2 add Q, or the coincidences of Q and K,
   * over the tokens: at most N D operations at the rate of Q; masking V is free.
   */
  public List<LayerCost> attention(CountingConvention convention) {
    return attention.get(convention);
  }

  /** MACs of all counted layers for one image and one timestep. */
  public long macs(CountingConvention convention) {
    return layers(convention).stream().mapToLong(LayerCost::macs).sum();
  }

  /**
   * The neuron layers of a network in the order of the data, named after the layer that they feed:
   * the rows that a table of firing rates must have.
   */
  public static List<String> neuronLayers(NetworkConfig config) {
    return config.blocks().stream()
        .flatMap(spec -> Block.of(config, spec).neuronLayers().stream())
        .toList();
  }
}
