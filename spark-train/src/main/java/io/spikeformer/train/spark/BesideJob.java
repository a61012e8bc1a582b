package io.spikeformer.train.spark;

import io.spikeformer.train.spark.worker.DelayedTask;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.spark.api.java.JavaSparkContext;

/** Jobs that run beside the training of a round, begun by a thread of their own. */
final class BesideJob<T> {
  private final FutureTask<T> task;

  private BesideJob(FutureTask<T> task) {
    this.task = task;
  }

  /** Begins the work. */
  static <T> BesideJob<T> begin(JavaSparkContext spark, Callable<T> work) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              spark.setLocalProperty(DelayedTask.BESIDE, "true");
              return work.call();
            });
    Thread thread = new Thread(task, "beside the training");
    thread.setDaemon(true);
    thread.start();
    return new BesideJob<>(task);
  }

  /** Waits for the end. */
  T result() throws Exception {
    try {
      return task.get();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw ended;
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof Exception own ? own : failure;
    }
  }
}
