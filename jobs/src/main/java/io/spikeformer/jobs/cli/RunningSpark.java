package io.spikeformer.jobs.cli;

import java.time.Duration;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that a command uses and ends.
 *
 * @param session open until this is closed
 */
public record RunningSpark(SparkSession session) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningSpark.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Stops Spark; one that waits for a cluster that is gone is left to the end of the process. */
  @Override
  public void close() {
    if (!ends(session::stop, LIMIT)) {
      LOG.warn("Spark has not stopped within {} s: the process ends without it", LIMIT.toSeconds());
    }
  }

  /** Whether work ends within a limit; else it goes on in a daemon thread. */
  static boolean ends(Runnable work, Duration limit) {
    Thread thread = new Thread(work, "stop of Spark");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(limit.toMillis());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
