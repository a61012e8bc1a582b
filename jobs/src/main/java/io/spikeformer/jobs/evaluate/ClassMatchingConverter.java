package io.spikeformer.jobs.evaluate;

import io.spikeformer.eval.ClassMatching;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Ways to map classes by their label; another word is wrong usage. */
final class ClassMatchingConverter implements ITypeConverter<ClassMatching> {
  @Override
  public ClassMatching convert(String label) {
    return Arrays.stream(ClassMatching.values())
        .filter(matching -> matching.maps() && matching.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "map classes: expected name or number, found '" + label + "'"));
  }
}
