package io.spikeformer.jobs.cli;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which kernels run a model in this process, and on how many threads. */
public final class KernelOptions {
  @Mixin private KernelChoice kernels;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a step (default: all cores).",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private int threads;

  public Kernels create() {
    return KernelProvider.create(
        kernels.choice(), threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
  }
}
