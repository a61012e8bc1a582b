package io.spikeformer.jobs.evaluate;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Energies from 0 on, as finite decimal numbers; anything else is wrong usage. */
final class Picojoules implements ITypeConverter<Double> {
  /** Java would also read NaN, Infinity, 0x1p3 and 4.6f. */
  private static final Pattern DECIMAL =
      Pattern.compile("\\+?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");

  @Override
  public Double convert(String text) {
    double energy = decimal(text);
    if (!Double.isFinite(energy)) {
      throw new TypeConversionException("expected a number of pJ >= 0, found '" + text + "'");
    }
    return energy;
  }

  /** A decimal number from 0 on, or NaN. */
  static double decimal(String text) {
    return DECIMAL.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
  }
}
