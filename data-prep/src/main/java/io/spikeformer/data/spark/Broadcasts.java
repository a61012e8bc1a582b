package io.spikeformer.data.spark;

import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of what was broadcast. */
public final class Broadcasts {
  private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

  private Broadcasts() {}

  /**
   * Removes it everywhere and returns when that is done.
   *
   * <p>{@link Broadcast#destroy()} returns at once. Where Spark stops in that moment, the threads
   * that remove are interrupted, and Scala prints a stack trace although the job has succeeded.
   */
  public static void destroy(Broadcast<?> broadcast) {
    try {
      broadcast.destroy(true);
    } catch (Exception lost) {
      // Scala declares nothing; an executor that is lost holds nothing any more
      if (lost instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.debug("{} is perhaps not removed everywhere", broadcast, lost);
    }
  }
}
