package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;

/**
 * When a layer's firing rate is worth an alarm; without influence on the result.
 *
 * @param silentBelow spikes per neuron and timestep over a round, below which a layer counts as
 *     silent, in [0, 1); 0 for no such alarm
 * @param saturatedAbove rate above which it counts as saturated, in (silentBelow, 1]; 1 for no such
 *     alarm; of a layer that reads sums of spikes (SEW) the rate divided by the largest sum
 */
public record WatchSettings(double silentBelow, double saturatedAbove) {
  /** Validates the ranges. */
  public WatchSettings {
    if (!(silentBelow >= 0 && silentBelow < 1)) {
      throw new IllegalArgumentException(
          Text.format("watch silent-below: expected a rate in [0, 1), found %s", silentBelow));
    }
    if (!(saturatedAbove > silentBelow && saturatedAbove <= 1)) {
      throw new IllegalArgumentException(
          Text.format(
              "watch saturated-above: expected a rate above silent-below = %s and at most 1,"
                  + " found %s",
              silentBelow, saturatedAbove));
    }
  }
}
