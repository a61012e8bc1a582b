package io.spikeformer.jobs.evaluate;

import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.RealInput;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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
      converter = RealInputConverter.class,
      description =
          "How the first convolution, whose input is real-valued, is counted: every-timestep (as"
              + " published), once (a static image gives the same each time) or free.")
  private RealInput realInput;

  EnergyConstants constants() {
    return new EnergyConstants(macPicojoules, acPicojoules, realInput);
  }

  private static final class RealInputConverter implements ITypeConverter<RealInput> {
    @Override
    public RealInput convert(String value) {
      try {
        return RealInput.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
