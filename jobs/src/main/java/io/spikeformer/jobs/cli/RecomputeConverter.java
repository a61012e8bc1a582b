package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.Recompute;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Choices of what is recomputed by their label; another word is wrong usage. */
public final class RecomputeConverter implements ITypeConverter<Recompute> {
  @Override
  public Recompute convert(String label) {
    try {
      return Recompute.of(label);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
