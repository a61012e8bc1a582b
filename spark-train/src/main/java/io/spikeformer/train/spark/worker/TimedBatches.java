package io.spikeformer.train.spark.worker;

import io.spikeformer.data.batch.Batch;
import java.util.Iterator;
import org.apache.spark.TaskContext;

/**
 * Batches of a reader, with the time that their consumer waits for them. They end with a failure if
 * the task is cancelled.
 */
final class TimedBatches implements Iterator<Batch> {
  private static final double NANOSECONDS = 1e9;

  private final Iterator<Batch> batches;
  private final TaskContext task = TaskContext.get();
  private long waited;

  /**
   * Batches of a reader.
   *
   * @param batches the reader
   * @param began {@link System#nanoTime} before the reader was made
   */
  TimedBatches(Iterator<Batch> batches, long began) {
    this.batches = batches;
    this.waited = System.nanoTime() - began;
  }

  @Override
  public boolean hasNext() {
    if (task != null) {
      task.killTaskIfInterrupted();
    }
    return batches.hasNext();
  }

  @Override
  public Batch next() {
    long began = System.nanoTime();
    Batch batch = batches.next();
    waited += System.nanoTime() - began;
    return batch;
  }

  double seconds() {
    return waited / NANOSECONDS;
  }
}
