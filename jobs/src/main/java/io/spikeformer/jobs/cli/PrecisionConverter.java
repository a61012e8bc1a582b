package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Number formats by their label; another word is wrong usage. */
public final class PrecisionConverter implements ITypeConverter<Precision> {
  @Override
  public Precision convert(String label) {
    try {
      return Precision.of(label);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
