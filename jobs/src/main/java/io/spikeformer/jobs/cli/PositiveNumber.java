package io.spikeformer.jobs.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers from 1; anything else is wrong usage. */
public final class PositiveNumber implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException(expected(text));
    }
    throw new TypeConversionException(expected(text));
  }

  private static String expected(String text) {
    return "expected a whole number >= 1, found '" + text + "'";
  }
}
