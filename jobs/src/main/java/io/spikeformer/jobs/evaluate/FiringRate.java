package io.spikeformer.jobs.evaluate;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Spikes per input and timestep, above 0 and up to 1; anything else is wrong usage. */
final class FiringRate implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    double rate = Picojoules.decimal(text);
    if (!(rate > 0 && rate <= 1)) {
      throw new TypeConversionException(
          "expected a rate above 0 and up to 1, found '" + text + "'");
    }
    return rate;
  }
}
