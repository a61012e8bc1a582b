package io.spikeformer.jobs.evaluate;

import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.RealInput;
import picocli.CommandLine.Option;

/** Options of what an operation costs and which ones are counted. */
final class EnergyOptions {
  @Option(
      names = "--mac-picojoules",
      paramLabel = "PJ",
      defaultValue = "4.6",
      converter = Picojoules.class,
      description = "Energy of a multiplication with an addition.")
  private double macPicojoules;

  @Option(
      names = "--ac-picojoules",
      paramLabel = "PJ",
      defaultValue = "0.9",
      converter = Picojoules.class,
      description = "Energy of an addition.")
  private double acPicojoules;

  @Option(
      names = "--first-layer",
      paramLabel = "WAY",
      defaultValue = "every-timestep",
      description =
          "How the first convolution, whose input is real-valued, is counted: every-timestep (as"
              + " published), once (a static image gives the same each time) or free.")
  private RealInput realInput;

  EnergyConstants constants() {
    return new EnergyConstants(macPicojoules, acPicojoules, realInput);
  }
}
