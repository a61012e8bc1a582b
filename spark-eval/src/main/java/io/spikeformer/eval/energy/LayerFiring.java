package io.spikeformer.eval.energy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * The spikes of one neuron layer.
 *
 * @param layer the layer that the neurons feed, for example stage3.block2.linear1
 * @param spikes spikes at each timestep
 * @param neurons neurons at each timestep, summed over the samples
 */
public record LayerFiring(String layer, List<Long> spikes, List<Long> neurons) {
  /** Copies the lists and checks that they agree. */
  public LayerFiring {
    spikes = List.copyOf(spikes);
    neurons = List.copyOf(neurons);
    if (spikes.size() != neurons.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "firing of %s: expected as many timesteps of neurons as of spikes (%s), found %s",
              layer, spikes.size(), neurons.size()));
    }
  }

  /** Spikes per neuron at each timestep; NaN where nothing was counted. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<Double> rates() {
    List<Double> rates = new ArrayList<>();
    for (int t = 0; t < spikes.size(); t++) {
      rates.add((double) spikes.get(t) / neurons.get(t));
    }
    return rates;
  }

  /** Spikes per neuron and timestep; NaN if nothing was counted. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double averageRate() {
    return (double) spikes.stream().mapToLong(Long::longValue).sum()
        / neurons.stream().mapToLong(Long::longValue).sum();
  }
}
