package io.spikeformer.eval.energy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.model.cost.NetworkPart;
import java.util.List;

/**
 * The energy of one layer for one image.
 *
 * @param part of the network: backbone, neck, head, or a head of a detector; files of earlier
 *     versions have none, and then it follows from the stage
 * @param stage stage1 to stage4, or head
 * @param block for example stage3.block2
 * @param layer row of the table of firing rates, for example stage3.block2.linear1
 * @param operation what is computed
 * @param macs multiply-accumulate operations of one timestep, were all inputs nonzero
 * @param rates firing rate of its input at each timestep; empty if its input is real-valued
 * @param millijoulesPerTimestep energy at each timestep
 * @param annMillijoules energy of the same layer in a network of real-valued activations: macs x
 *     E_MAC, once
 */
public record LayerEnergy(
    String part,
    String stage,
    String block,
    String layer,
    String operation,
    long macs,
    List<Double> rates,
    List<Double> millijoulesPerTimestep,
    double annMillijoules) {

  /** Copies the lists and completes the part. */
  public LayerEnergy {
    if (part == null) {
      part = (stage.equals(EnergyAccount.HEAD) ? NetworkPart.HEAD : NetworkPart.BACKBONE).label();
    }
    rates = List.copyOf(rates);
    millijoulesPerTimestep = List.copyOf(millijoulesPerTimestep);
  }

  /** Energy over all timesteps. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double millijoules() {
    return millijoulesPerTimestep.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Additions that spikes cause, over all timesteps; 0 if its input is real-valued. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double synapticOperations() {
    // the rate of a layer that never ran is NaN
    return macs == 0 ? 0 : rates.stream().mapToDouble(rate -> rate * macs).sum();
  }
}
