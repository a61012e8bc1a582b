package io.spikeformer.jobs;

import io.spikeformer.model.kernel.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import java.util.Locale;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Which kernels run a model in this process, and on how many threads. */
final class KernelOptions {
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

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a step (default: all cores).",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private int threads;

  int threads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  Kernels create() {
    return KernelProvider.create(kernels.toString(), threads());
  }
}
