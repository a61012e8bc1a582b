package io.spikeformer.jobs.cli;

import io.spikeformer.train.spark.TrainingOptions.OtherArithmetic;
import picocli.CommandLine.Option;

/** Whether a training goes on with arithmetic that gives other bits. */
public final class ArithmeticOption {
  @Option(
      names = "--allow-other-arithmetic",
      description =
          "Train although the executors compute otherwise than each other, or than the checkpoint"
              + " says that is continued: with other threads, kernels, vectors or instruction sets."
              + " The last bits then differ.")
  private boolean allowed;

  public OtherArithmetic policy() {
    return allowed ? OtherArithmetic.ALLOW : OtherArithmetic.REFUSE;
  }
}
