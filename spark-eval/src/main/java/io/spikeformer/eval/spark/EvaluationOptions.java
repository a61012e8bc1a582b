package io.spikeformer.eval.spark;

import io.spikeformer.common.Check;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.chip.ChipArithmetic;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Tasks;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * How an evaluation runs and what it writes besides its result.
 *
 * @param model where the state came from, for the report
 * @param task how answers are judged
 * @param classes names of the model's classes, in their order; empty if unknown
 * @param work how the work is done; of this, only batch size and kernels may touch the result, in
 *     the last digits of the logits
 * @param constants energy per operation
 * @param limit samples to evaluate, the first ones in the order of the shards, &gt;= 1
 * @param predictions folder that receives a Parquet file of predictions for each shard that is
 *     evaluated, or empty
 * @param progress told of the progress
 */
public record EvaluationOptions(
    String model,
    Task task,
    List<String> classes,
    Work work,
    EnergyConstants constants,
    long limit,
    String predictions,
    EvaluationProgress progress) {
  /** No limit: every sample. */
  public static final long ALL = Long.MAX_VALUE;

  private static final int DEFAULT_BATCH = 32;

  /**
   * How the work is done.
   *
   * @param batchSize samples per batch, &gt;= 1
   * @param partitions tasks, at most one per shard; 0: as many as the cluster runs at once when the
   *     job starts
   * @param threads native threads of a task; 0: spark.task.cpus
   * @param readerThreads threads of a task that read and decode ahead, &gt;= 1
   * @param kernels auto, fast or reference
   * @param expand how a network of integers runs as on a chip; null for the usual run
   */
  public record Work(
      int batchSize,
      int partitions,
      int threads,
      int readerThreads,
      String kernels,
      ChipArithmetic expand)
      implements Serializable {
    /** The same with a number of native threads. */
    Work withThreads(int value) {
      return new Work(batchSize, partitions, value, readerThreads, kernels, expand);
    }

    /** Checks the ranges. */
    public Work {
      KernelProvider.requireKnown(kernels);
      require("batch size", batchSize, 1);
      require("partitions", partitions, 0);
      require("threads", threads, 0);
      require("reader threads", readerThreads, 1);
    }
  }

  /** Checks the ranges. */
  public EvaluationOptions {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(task, "task");
    classes = List.copyOf(classes);
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(constants, "constants");
    Objects.requireNonNull(predictions, "predictions");
    Objects.requireNonNull(progress, "progress");
    require("limit", limit, 1);
  }

  private static void require(String name, long value, long least) {
    Check.that(value >= least, "evaluation %s: expected >= %s, found %s", name, least, value);
  }

  /**
   * Every sample of a classification in batches of 32, one reader thread, automatic choice of
   * kernels, 45 nm constants, no names of classes, no predictions, no progress.
   *
   * @param model where the state came from, for the report
   */
  public static EvaluationOptions of(String model) {
    return new EvaluationOptions(
        model,
        Tasks.of(Tasks.CLASSIFICATION),
        List.of(),
        new Work(DEFAULT_BATCH, 0, 0, 1, "auto", null),
        EnergyConstants.NANOMETRES_45,
        ALL,
        "",
        EvaluationProgress.SILENT);
  }

  /** The same with names for the model's classes; none if they are unknown. */
  public EvaluationOptions withModelClasses(List<String> names) {
    return new EvaluationOptions(model, task, names, work, constants, limit, predictions, progress);
  }

  /** The same for another task. */
  public EvaluationOptions withTask(Task value) {
    return new EvaluationOptions(
        model, value, classes, work, constants, limit, predictions, progress);
  }

  /** The same, done in another way. */
  public EvaluationOptions withWork(Work value) {
    return new EvaluationOptions(
        model, task, classes, value, constants, limit, predictions, progress);
  }

  /** The same with another batch size. */
  public EvaluationOptions withBatchSize(int value) {
    return withWork(
        new Work(
            value,
            work.partitions(),
            work.threads(),
            work.readerThreads(),
            work.kernels(),
            work.expand()));
  }

  /** The same with another number of tasks. */
  public EvaluationOptions withPartitions(int value) {
    return withWork(
        new Work(
            work.batchSize(),
            value,
            work.threads(),
            work.readerThreads(),
            work.kernels(),
            work.expand()));
  }

  /** The same with another number of native threads and reader threads per task. */
  public EvaluationOptions withThreads(int nativeThreads, int readerThreads) {
    return withWork(
        new Work(
            work.batchSize(),
            work.partitions(),
            nativeThreads,
            readerThreads,
            work.kernels(),
            work.expand()));
  }

  /** The same with other kernels. */
  public EvaluationOptions withKernels(String value) {
    return withWork(
        new Work(
            work.batchSize(),
            work.partitions(),
            work.threads(),
            work.readerThreads(),
            value,
            work.expand()));
  }

  /** The same, run as on a chip; null for the usual run. */
  public EvaluationOptions withExpand(ChipArithmetic value) {
    return withWork(
        new Work(
            work.batchSize(),
            work.partitions(),
            work.threads(),
            work.readerThreads(),
            work.kernels(),
            value));
  }

  /** The same with other energies per operation. */
  public EvaluationOptions withConstants(EnergyConstants value) {
    return new EvaluationOptions(model, task, classes, work, value, limit, predictions, progress);
  }

  /** The same for the first samples alone. */
  public EvaluationOptions withLimit(long value) {
    return new EvaluationOptions(
        model, task, classes, work, constants, value, predictions, progress);
  }

  /** The same, writing predictions into a folder. */
  public EvaluationOptions withPredictions(String folder) {
    return new EvaluationOptions(model, task, classes, work, constants, limit, folder, progress);
  }

  /** The same with a listener. */
  public EvaluationOptions withProgress(EvaluationProgress value) {
    return new EvaluationOptions(model, task, classes, work, constants, limit, predictions, value);
  }
}
