package io.spikeformer.train;

import io.spikeformer.model.block.FiringCounts;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Spikes of every neuron layer over all timesteps, as exact integers.
 *
 * @param layers by the name of the layer that the neurons feed, in the order of the forward pass
 */
public record FiringSums(Map<String, Count> layers) implements Serializable {
  /** Nothing counted. */
  public static final FiringSums NONE = new FiringSums(Map.of());

  /** Takes a copy of the map. */
  public FiringSums {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /**
   * Spikes of some neurons.
   *
   * @param spikes spikes, at most one for each of the neurons; of a layer that reads sums (SEW)
   *     more
   * @param neurons neurons, counted anew for each sample and timestep
   */
  public record Count(long spikes, long neurons) implements Serializable {
    /** Both together. */
    public Count plus(Count other) {
      return new Count(spikes + other.spikes, neurons + other.neurons);
    }

    /** Spikes per neuron and timestep; NaN if nothing was counted. */
    public double rate() {
      return (double) spikes / neurons;
    }
  }

  /** The counts of a model, summed over its timesteps. */
  public static FiringSums of(FiringCounts counts) {
    Map<String, Count> layers = new LinkedHashMap<>();
    for (String layer : counts.layers()) {
      for (int t = 0; t < counts.timesteps(); t++) {
        layers.merge(
            layer, new Count(counts.spikes(layer, t), counts.neurons(layer, t)), Count::plus);
      }
    }
    return new FiringSums(layers);
  }

  /** Both together. */
  public FiringSums plus(FiringSums other) {
    Map<String, Count> both = new LinkedHashMap<>(layers);
    other.layers.forEach((layer, count) -> both.merge(layer, count, Count::plus));
    return new FiringSums(both);
  }

  /** The sums of a block's neuron layers: stage3.block2 of stage3.block2.linear1. */
  public Map<String, Count> blocks() {
    Map<String, Count> blocks = new LinkedHashMap<>();
    layers.forEach((layer, count) -> blocks.merge(block(layer), count, Count::plus));
    return blocks;
  }

  private static String block(String layer) {
    int inner = layer.indexOf('.', layer.indexOf('.') + 1);
    return layer.indexOf('.') < 0 || inner < 0 ? layer : layer.substring(0, inner);
  }
}
