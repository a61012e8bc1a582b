package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.ClassifierHead;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Heads by their label; another word is wrong usage. */
final class HeadConverter implements ITypeConverter<ClassifierHead> {
  @Override
  public ClassifierHead convert(String label) {
    try {
      return ClassifierHead.of(label);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
