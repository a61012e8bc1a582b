package io.spikeformer.jobs.cli;

import java.util.Locale;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Which kernels run a model. */
public final class KernelChoice {
  /** The implementations that can be asked for. */
  enum Choice {
    AUTO,
    FAST,
    REFERENCE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      showDefaultValue = Visibility.NEVER)
  private Choice kernels;

  public String choice() {
    return kernels.toString();
  }
}
