package io.spikeformer.jobs.infer;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A layout by its label. */
final class LayoutConverter implements ITypeConverter<PixelLayout> {
  @Override
  public PixelLayout convert(String label) {
    return Arrays.stream(PixelLayout.values())
        .filter(layout -> layout.label().equals(label))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("expected nhwc or nchw, found '" + label + "'"));
  }
}
