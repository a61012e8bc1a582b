package io.spikeformer.jobs.cli;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkContext;

/**
 * The masters of a standalone cluster. Spark tries them for a minute and then stops the context
 * behind the job's back, so that the job fails with some other error.
 *
 * @param url spark://HOST:PORT, further ones behind commas
 */
record StandaloneMasters(String url) {
  private static final String SCHEME = "spark://";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** What Spark calls an application that no master has given a name. */
  private static final String UNREGISTERED = "spark-application-";

  /** Whether a value of spark.master means a standalone cluster. */
  static boolean areIn(String master) {
    return master.startsWith(SCHEME);
  }

  /**
   * Looks whether one of them answers.
   *
   * @throws UserException in one line if none does
   */
  void requireReachable() {
    List<String> failures = new ArrayList<>();
    for (String address : url.substring(SCHEME.length()).split(",")) {
      int colon = address.lastIndexOf(':');
      if (colon < 1 || !address.substring(colon + 1).matches("\\d{1,5}")) {
        throw new UserException("master %s: expected spark://HOST:PORT, found '%s'", url, address);
      }
      String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
      int port = Integer.parseInt(address.substring(colon + 1));
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), (int) LIMIT.toMillis());
        return;
      } catch (IOException | IllegalArgumentException failure) {
        failures.add(Text.format("%s: %s", address, reason(failure)));
      }
    }
    throw new UserException(
        "master %s: expected a Spark master that answers, found none (%s); start it, or correct"
            + " spark.master",
        url, String.join("; ", failures));
  }

  private static String reason(Exception failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Whether a context has started without an application of the cluster. */
  boolean haveRefused(SparkContext context) {
    return context.isStopped() || context.applicationId().startsWith(UNREGISTERED);
  }

  /** They answer, and yet do not register the application. */
  UserException refused(Exception cause) {
    return new UserException(
        cause,
        "master %s: expected it to accept the job, found that it does not answer in Spark's"
            + " protocol; if the cluster authenticates, set spark.authenticate and its"
            + " spark.authenticate.secret, see 'Security' in docs/running.md; its Spark must be"
            + " version %s",
        url,
        org.apache.spark.package$.MODULE$.SPARK_VERSION());
  }
}
