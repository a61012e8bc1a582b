package io.spikeformer.data.spark;

import java.time.Duration;
import org.apache.spark.api.java.JavaRDDLike;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of what was broadcast, or kept on executors. */
public final class Broadcasts {
  private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private Broadcasts() {}

  /**
   * Removes it everywhere and returns when that is done, or after 5 s: an executor that is lost
   * does not answer, and Spark would wait for its network timeout.
   *
   * <p>{@link Broadcast#destroy()} returns at once. Where Spark stops in that moment, the threads
   * that remove are interrupted, and Scala prints a stack trace although the job has succeeded.
   */
  public static void destroy(Broadcast<?> broadcast) {
    end(broadcast, () -> broadcast.destroy(true));
  }

  /** Removes what was persisted everywhere, under the same limit. */
  public static void unpersist(JavaRDDLike<?, ?> kept) {
    end(kept, () -> kept.rdd().unpersist(true));
  }

  /** Removes the shuffle files that a data set was read from, under the same limit. */
  public static void removeShuffles(RDD<?> read) {
    end(read, () -> read.cleanShuffleDependencies(true));
  }

  private static void end(Object what, Runnable removal) {
    Thread thread = new Thread(() -> remove(what, removal), "removal of " + what);
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(LIMIT.toMillis());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Object what, Runnable removal) {
    try {
      removal.run();
    } catch (Exception lost) {
      // Scala declares nothing; an executor that is lost holds nothing any more
      LOG.debug("{} is perhaps not removed everywhere", what, lost);
    }
  }
}
