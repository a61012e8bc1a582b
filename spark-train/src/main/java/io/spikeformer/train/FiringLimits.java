package io.spikeformer.train;

import io.spikeformer.model.cost.SpikeSumLimits;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.WatchSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a layer of a network is silent or saturated.
 *
 * @param settings the limits
 * @param largestSums the most spikes that an input can be the sum of, by layer, for the layers that
 *     read sums (SEW); 1 for the others
 */
public record FiringLimits(WatchSettings settings, Map<String, Integer> largestSums) {
  /** Takes a copy of the map. */
  public FiringLimits {
    largestSums = Collections.unmodifiableMap(new LinkedHashMap<>(largestSums));
  }

  /** Those of a recipe's network. */
  public static FiringLimits of(Recipe recipe) {
    return new FiringLimits(recipe.watch(), SpikeSumLimits.of(recipe.model().toConfig()));
  }

  /** The most spikes that an input of a layer can be the sum of. */
  public int largestSum(String layer) {
    return largestSums.getOrDefault(layer, 1);
  }

  /** Whether a layer with these spikes per input is silent. */
  boolean silent(double rate) {
    return rate < settings.silentBelow();
  }

  /** Spikes per input as a share of the most that there can be, 0 to 1. */
  double share(String layer, double rate) {
    return rate / largestSum(layer);
  }

  /** Whether such a share is too much; never if the limit is 1. */
  boolean saturated(double share) {
    return share > settings.saturatedAbove();
  }
}
