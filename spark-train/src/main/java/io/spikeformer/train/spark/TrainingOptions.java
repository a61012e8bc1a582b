package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.model.KernelProvider;

/**
 * How a training is run, as far as that does not belong to its recipe.
 *
 * @param start whether a training may be continued
 * @param otherArithmetic the treatment of executors that do not compute alike, or not as the
 *     checkpoint says that is continued
 * @param kernels auto, fast or reference
 * @param threads native threads of each worker's task; 0 for {@code spark.task.cpus}, or in local
 *     mode the cores shared among the workers. Float sums may depend on it in the last bit
 * @param readerThreads threads of each task that read and decode ahead, &gt;= 1; without influence
 *     on the result
 */
public record TrainingOptions(
    Start start, OtherArithmetic otherArithmetic, String kernels, int threads, int readerThreads) {
  /** The treatment of checkpoints in the output folder. */
  public enum Start {
    /** There must be none. */
    FRESH,
    /** Continue from the newest whole one; begin if there is none. */
    RESUME
  }

  /** The treatment of arithmetic that gives other bits. */
  public enum OtherArithmetic {
    /** Stop in one line. */
    REFUSE,
    /** Warn and go on. */
    ALLOW
  }

  /** A fresh training with the usual threads. */
  public static final TrainingOptions DEFAULTS = new TrainingOptions(Start.FRESH, "auto", 0, 1);

  /** Options that refuse other arithmetic. */
  public TrainingOptions(Start start, String kernels, int threads, int readerThreads) {
    this(start, OtherArithmetic.REFUSE, kernels, threads, readerThreads);
  }

  /** Validates the ranges. */
  public TrainingOptions {
    KernelProvider.requireKnown(kernels);
    if (threads < 0) {
      throw new IllegalArgumentException(Text.format("threads: expected >= 0, found %s", threads));
    }
    if (readerThreads < 1) {
      throw new IllegalArgumentException(
          Text.format("reader threads: expected >= 1, found %s", readerThreads));
    }
  }

  /** The same, continuing a training. */
  public TrainingOptions resuming() {
    return new TrainingOptions(Start.RESUME, otherArithmetic, kernels, threads, readerThreads);
  }

  /** The same, going on with any arithmetic of the executors. */
  public TrainingOptions allowingOtherArithmetic() {
    return new TrainingOptions(start, OtherArithmetic.ALLOW, kernels, threads, readerThreads);
  }
}
