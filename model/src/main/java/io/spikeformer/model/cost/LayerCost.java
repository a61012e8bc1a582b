package io.spikeformer.model.cost;

import io.spikeformer.common.Text;
import java.util.Objects;
import java.util.Optional;

/**
 * The cost of one layer for one image and one timestep.
 *
 * @param part of the network
 * @param stage stage1 to stage4, or head
 * @param block block as in MetaSpikeFormerConfig, for example stage3.block2
 * @param layer row of the published table of firing rates, for example stage3.block2.linear1
 * @param operation what is computed, for example "dense 3x3 convolution"
 * @param macs multiply-accumulate operations, were all inputs nonzero
 * @param neurons the neuron layer whose firing rate drives it; empty if its input is real-valued
 */
public record LayerCost(
    NetworkPart part,
    String stage,
    String block,
    String layer,
    String operation,
    long macs,
    Optional<String> neurons) {

  /** The kind of a layer's input. */
  public enum Input {
    /** Real numbers: each operation is a multiplication and an addition (MAC). */
    REAL,
    /** Spikes: an operation is an addition (AC), and happens only where a neuron fired. */
    SPIKES
  }

  /** Validates the count. */
  public LayerCost {
    Objects.requireNonNull(neurons, "neurons");
    if (macs < 0) {
      throw new IllegalArgumentException(
          Text.format("%s: expected macs >= 0, found %s", layer, macs));
    }
  }

  /** Its input. */
  public Input input() {
    return neurons.isPresent() ? Input.SPIKES : Input.REAL;
  }
}
