package io.spikeformer.model.cost;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The largest sum of spikes that an input of a layer can be, for the layers that read sums. Behind
 * a shortcut that adds spikes (SEW), every branch since the last neurons adds one more. Neurons
 * that fire integers send up to their largest integer of spikes.
 */
public final class SpikeSumLimits {
  private SpikeSumLimits() {}

  /** By the name of the layer, in the order of the forward pass; layers that read spikes lack. */
  public static Map<String, Integer> of(NetworkConfig config) {
    int levels = config.neuron().integers() == null ? 1 : config.neuron().integers().levels();
    Map<String, Integer> limits = new LinkedHashMap<>();
    Map<String, Integer> handedOn = new HashMap<>(Map.of(BlockSpec.IMAGES, 1));
    for (BlockSpec spec : config.blocks()) {
      int received = spec.reads().stream().mapToInt(handedOn::get).max().orElseThrow();
      int sum =
          Block.of(config, spec)
              .largestSum(
                  received,
                  (layer, most) -> {
                    if (most > 1) {
                      limits.put(layer, most);
                    }
                  });
      handedOn.put(spec.name(), sum);
      if (levels > 1) {
        Block.of(config, spec).neuronLayers().forEach(layer -> limits.put(layer, levels));
      }
    }
    return limits;
  }
}
