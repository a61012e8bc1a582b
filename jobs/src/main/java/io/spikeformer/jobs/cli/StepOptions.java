package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The options of a step, beside the network itself. */
public final class StepOptions {
  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "8",
      description = "Images of a step.",
      converter = PositiveNumber.class)
  private int batch;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description =
          "Number format of the products: float32 or bfloat16 (default: the model's own, or"
              + " float32).",
      showDefaultValue = Visibility.NEVER)
  private Precision precision;

  @Option(
      names = "--recompute",
      paramLabel = "NAME",
      defaultValue = "none",
      description = "The maps that a training step computes again to save memory: none or block.")
  private Recompute recompute;

  /** Images of a step. */
  public int batch() {
    return batch;
  }

  /** A network with the number format of the products that was given, if one was. */
  public NetworkConfig apply(NetworkConfig config) {
    return precision == null ? config : config.withPrecision(precision);
  }

  /** The values that a training step computes again. */
  public Recompute recompute() {
    return recompute;
  }
}
