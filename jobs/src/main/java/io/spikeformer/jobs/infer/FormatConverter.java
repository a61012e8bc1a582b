package io.spikeformer.jobs.infer;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A format of predictions by the ending of its files. */
final class FormatConverter implements ITypeConverter<PredictionFormat> {
  @Override
  public PredictionFormat convert(String label) {
    return PredictionFormat.ofName("." + label)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected csv, json, jsonl or npy, found '" + label + "'"));
  }
}
