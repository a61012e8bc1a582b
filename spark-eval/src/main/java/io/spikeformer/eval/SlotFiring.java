package io.spikeformer.eval;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.common.Check;
import java.util.List;

/**
 * The binary spikes of one layer of neurons of integers 0 to D, slot by slot, over all timesteps.
 * Slot d has a spike where the integer is at least d.
 *
 * @param layer the layer that the neurons feed, for example stage3.block2.linear1
 * @param neurons neurons, one for each sample and timestep
 * @param spikes spikes in each of the D slots, none more than in the one before
 */
public record SlotFiring(String layer, long neurons, List<Long> spikes) {
  /** Copies the list and checks that each slot may follow the one before. */
  public SlotFiring {
    spikes = List.copyOf(spikes);
    long most = neurons;
    for (long slot : spikes) {
      Check.that(
          slot >= 0 && slot <= most,
          "slots of %s: expected 0 to %s spikes, found %s",
          layer,
          most,
          slot);
      most = slot;
    }
  }

  /** Spikes per neuron in each slot; NaN if nothing was counted. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<Double> rates() {
    return spikes.stream().map(slot -> (double) slot / neurons).toList();
  }

  /** The mean integer, which is the sum of the rates; NaN if nothing was counted. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double meanInteger() {
    return (double) spikes.stream().mapToLong(Long::longValue).sum() / neurons;
  }
}
