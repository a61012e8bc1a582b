package io.spikeformer.data.storage;

import io.spikeformer.common.Text;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** A host that a file system was looked for at and whose name means nothing here. */
record UnknownHost(String name) {
  /** Where Hadoop's own exception names the host; its cause then names none. */
  private static final Pattern DESTINATION = Pattern.compile("destination host is: \"([^\"]+)\"");

  /** The host of a failure, empty if the failure is another one. */
  static Optional<UnknownHost> of(Throwable failure) {
    Optional<UnknownHost> found = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof UnknownHostException && message != null) {
        Matcher destination = DESTINATION.matcher(message);
        // Java's own message is the name, or the name and what the system says
        String name = destination.find() ? destination.group(1) : message.split("[:\\s]", 2)[0];
        found = Optional.of(new UnknownHost(name));
      }
    }
    return found;
  }

  /** Its fault and the remedy. */
  String advice(Path path) {
    String remedy =
        switch (String.valueOf(path.toUri().getScheme())) {
          case "s3a" -> "check spark.hadoop.fs.s3a.endpoint and the network";
          case "hdfs", "viewfs", "webhdfs" ->
              "check the URI, or set HADOOP_CONF_DIR if this is a name service";
          default -> "check the URI and the network";
        };
    return Text.format(
        "expected a host that is known, found '%s'; %s, see docs/running.md", name, remedy);
  }
}
