package io.spikeformer.eval;

/**
 * Energy of one operation on 32-bit floating point numbers.
 *
 * @param macPicojoules a multiplication with an addition (E_MAC), in pJ
 * @param acPicojoules an addition alone (E_AC), in pJ
 */
public record EnergyConstants(double macPicojoules, double acPicojoules) {
  /** The constants of a 45 nm process that the paper uses: 4.6 and 0.9 pJ. */
  public static final EnergyConstants NANOMETRES_45 = new EnergyConstants(4.6, 0.9);

  /** Refuses negative and undefined energies. */
  public EnergyConstants {
    require("E_MAC", macPicojoules);
    require("E_AC", acPicojoules);
  }

  private static void require(String name, double picojoules) {
    if (!(picojoules >= 0 && picojoules < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "energy constant " + name + ": expected a number of pJ >= 0, found " + picojoules);
    }
  }
}
