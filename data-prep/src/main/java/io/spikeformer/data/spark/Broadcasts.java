package io.spikeformer.data.spark;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of what was broadcast, or kept on executors. */
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
    end(broadcast, () -> broadcast.destroy(true));
  }

  /** Removes what was persisted everywhere and returns when that is done. */
  static void unpersist(JavaRDD<?> kept) {
    end(kept, () -> kept.unpersist(true));
  }

  private static void end(Object what, Runnable removal) {
    try {
      removal.run();
    } catch (Exception lost) {
      // Scala declares nothing; an executor that is lost holds nothing any more
      if (lost instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.debug("{} is perhaps not removed everywhere", what, lost);
    }
  }
}
