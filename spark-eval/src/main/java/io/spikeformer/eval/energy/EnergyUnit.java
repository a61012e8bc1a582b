package io.spikeformer.eval.energy;

import io.spikeformer.common.Numbers;

/** The unit of all energies of a report, chosen once so that its figures compare at a glance. */
public enum EnergyUnit {
  MILLIJOULES("mJ", 1),
  MICROJOULES("µJ", 1000);

  private final String symbol;
  private final double perMillijoule;

  EnergyUnit(String symbol, double perMillijoule) {
    this.symbol = symbol;
    this.perMillijoule = perMillijoule;
  }

  /** The unit in which the energy of one image reads well. */
  public static EnergyUnit of(double millijoules) {
    return millijoules < 1 ? MICROJOULES : MILLIJOULES;
  }

  /** Its symbol. */
  public String symbol() {
    return symbol;
  }

  /** An energy in this unit. */
  public double in(double millijoules) {
    return millijoules * perMillijoule;
  }

  /** An energy with its unit. */
  public String print(double millijoules) {
    return Numbers.significant(in(millijoules)) + " " + symbol;
  }
}
