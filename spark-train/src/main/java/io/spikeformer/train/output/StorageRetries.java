package io.spikeformer.train.output;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import java.nio.file.AccessDeniedException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;

/**
 * Tries again what a storage refuses: a network that fails or a disk that is full for a while must
 * not end a training of a week. The pauses double, from 1 s to at most 30 s: with the default of 8
 * attempts an outage of a minute and a half is survived.
 */
public final class StorageRetries {
  /** Hadoop property: how often a write is tried in all, &gt;= 1. */
  public static final String ATTEMPTS = "spikeformer.storage.attempts";

  /** Hadoop property: milliseconds before the second attempt. */
  public static final String FIRST_PAUSE = "spikeformer.storage.first-pause-ms";

  private static final int USUAL_ATTEMPTS = 8;
  private static final int USUAL_FIRST_PAUSE = 1_000;
  private static final long LONGEST_PAUSE = 30_000;

  private final int attempts;
  private final long firstPause;
  private final Consumer<String> warnings;

  /**
   * Retries as a configuration has them.
   *
   * @param warnings receives one line for each attempt that fails and is followed by another
   */
  public StorageRetries(Configuration configuration, Consumer<String> warnings) {
    this.attempts = Math.max(1, configuration.getInt(ATTEMPTS, USUAL_ATTEMPTS));
    this.firstPause = Math.max(0, configuration.getInt(FIRST_PAUSE, USUAL_FIRST_PAUSE));
    this.warnings = warnings;
  }

  /**
   * Does something until it succeeds.
   *
   * @throws StorageException the last failure, if the attempts are used up, or at once if access is
   *     denied: that does not heal
   */
  public <T> T run(Supplier<T> action) {
    long pause = firstPause;
    for (int attempt = 1; ; attempt++) {
      try {
        return action.get();
      } catch (StorageException failure) {
        if (attempt == attempts || denied(failure)) {
          throw attempt == 1
              ? failure
              : new StorageException(failure, "%s, tried %s times", failure.getMessage(), attempt);
        }
        warnings.accept(
            Text.format(
                "%s; attempt %d of %d, again in %.1f s",
                failure.getMessage(), attempt, attempts, pause / 1e3));
        sleep(pause, failure);
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
      }
    }
  }

  private static boolean denied(StorageException failure) {
    return failure.getCause() instanceof AccessControlException
        || failure.getCause() instanceof AccessDeniedException;
  }

  private static void sleep(long milliseconds, StorageException failure) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
