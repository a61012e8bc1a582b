package io.spikeformer.eval.spark;

import io.spikeformer.eval.EnergyConstants;
import io.spikeformer.model.kernel.KernelProvider;
import java.util.Objects;

/**
 * How an evaluation runs. Of these, only the batch size and the kernels may touch the result, in
 * the last digits of the logits.
 *
 * @param model where the state came from, for the report
 * @param batchSize samples per batch, &gt;= 1
 * @param partitions tasks, at most one per shard; 0: as many as the cluster runs at once
 * @param threads native threads of a task; 0: spark.task.cpus
 * @param readerThreads threads of a task that read and decode ahead, &gt;= 1
 * @param kernels auto, fast or reference
 * @param constants energy per operation
 * @param progress told of the progress
 */
public record EvaluationOptions(
    String model,
    int batchSize,
    int partitions,
    int threads,
    int readerThreads,
    String kernels,
    EnergyConstants constants,
    EvaluationProgress progress) {

  private static final int DEFAULT_BATCH = 32;

  /** Checks the ranges. */
  public EvaluationOptions {
    Objects.requireNonNull(model, "model");
    KernelProvider.requireKnown(kernels);
    Objects.requireNonNull(constants, "constants");
    Objects.requireNonNull(progress, "progress");
    require("batch size", batchSize, 1);
    require("partitions", partitions, 0);
    require("threads", threads, 0);
    require("reader threads", readerThreads, 1);
  }

  private static void require(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "evaluation " + name + ": expected >= " + least + ", found " + value);
    }
  }

  /**
   * Batches of 32, one reader thread, automatic choice of kernels, 45 nm constants, no progress.
   *
   * @param model where the state came from, for the report
   */
  public static EvaluationOptions of(String model) {
    return new EvaluationOptions(
        model,
        DEFAULT_BATCH,
        0,
        0,
        1,
        "auto",
        EnergyConstants.NANOMETRES_45,
        EvaluationProgress.SILENT);
  }

  /** The same with another batch size. */
  public EvaluationOptions withBatchSize(int value) {
    return new EvaluationOptions(
        model, value, partitions, threads, readerThreads, kernels, constants, progress);
  }

  /** The same with another number of tasks. */
  public EvaluationOptions withPartitions(int value) {
    return new EvaluationOptions(
        model, batchSize, value, threads, readerThreads, kernels, constants, progress);
  }

  /** The same with another number of native threads and reader threads per task. */
  public EvaluationOptions withThreads(int nativeThreads, int newReaderThreads) {
    return new EvaluationOptions(
        model,
        batchSize,
        partitions,
        nativeThreads,
        newReaderThreads,
        kernels,
        constants,
        progress);
  }

  /** The same with other kernels. */
  public EvaluationOptions withKernels(String value) {
    return new EvaluationOptions(
        model, batchSize, partitions, threads, readerThreads, value, constants, progress);
  }

  /** The same with other energies per operation. */
  public EvaluationOptions withConstants(EnergyConstants value) {
    return new EvaluationOptions(
        model, batchSize, partitions, threads, readerThreads, kernels, value, progress);
  }

  /** The same with a listener. */
  public EvaluationOptions withProgress(EvaluationProgress value) {
    return new EvaluationOptions(
        model, batchSize, partitions, threads, readerThreads, kernels, constants, value);
  }
}
