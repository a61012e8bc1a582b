package io.spikeformer.eval.energy;

import io.spikeformer.common.Check;
import java.util.Objects;

/**
 * Energy of one operation on 32-bit floating point numbers, and where the dearer one is counted.
 *
 * @param macPicojoules a multiplication with an addition (E_MAC), in pJ
 * @param acPicojoules an addition alone (E_AC), in pJ
 * @param realInput how layers with real-valued input are counted
 */
public record EnergyConstants(double macPicojoules, double acPicojoules, RealInput realInput) {
  /** The constants of a 45 nm process that the paper uses, 4.6 and 0.9 pJ, and its counting. */
  public static final EnergyConstants NANOMETRES_45 =
      new EnergyConstants(4.6, 0.9, RealInput.EVERY_TIMESTEP);

  /** Refuses negative and undefined energies. */
  public EnergyConstants {
    require("E_MAC", macPicojoules);
    require("E_AC", acPicojoules);
    Objects.requireNonNull(realInput, "realInput");
  }

  private static void require(String name, double picojoules) {
    Check.that(
        picojoules >= 0 && picojoules < Double.POSITIVE_INFINITY,
        "energy constant %s: expected a number of pJ >= 0, found %s",
        name,
        picojoules);
  }
}
