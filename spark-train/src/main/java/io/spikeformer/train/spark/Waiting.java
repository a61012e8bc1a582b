package io.spikeformer.train.spark;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for what runs beside the training; an interrupt ends both. */
final class Waiting {
  private Waiting() {}

  /** Waits for the end of a thread. */
  static void until(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException ended) {
      thread.interrupt();
      throw interrupted(ended);
    }
  }

  /** The result, or the failure as it was thrown. */
  static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException ended) {
      throw interrupted(ended);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException own) {
        throw own;
      }
      if (failure.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(failure.getCause());
    }
  }

  private static IllegalStateException interrupted(InterruptedException ended) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while a checkpoint was written", ended);
  }
}
