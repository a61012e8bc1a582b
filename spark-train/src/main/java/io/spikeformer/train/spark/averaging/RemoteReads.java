package io.spikeformer.train.spark.averaging;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Reads from other hosts, a few at a time: while one host sends to somebody else, another one sends
 * to this process.
 */
final class RemoteReads implements AutoCloseable {
  /** Slices on their way at once, 4 MiB each. */
  static final int AT_ONCE = 4;

  private final ExecutorService readers =
      Executors.newFixedThreadPool(
          AT_ONCE,
          work -> {
            Thread thread = new Thread(work, "read of the state");
            thread.setDaemon(true);
            return thread;
          });
  private final List<Future<?>> begun = new ArrayList<>();

  /** Begins a read, or leaves it to the first one that ends. */
  void begin(Runnable read) {
    begun.add(readers.submit(read));
  }

  /** Waits for all of them, and throws what the first one has thrown that failed. */
  void finish() {
    for (Future<?> read : begun) {
      try {
        read.get();
      } catch (ExecutionException failure) {
        if (failure.getCause() instanceof RuntimeException told) {
          throw told;
        }
        throw new IllegalStateException(failure.getCause());
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the state was read", ended);
      }
    }
  }

  /** Ends those that are not finished, and waits until none writes any more. */
  @Override
  public void close() {
    readers.shutdownNow();
    boolean interrupted = false;
    for (boolean over = false; !over; ) {
      try {
        over = readers.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
