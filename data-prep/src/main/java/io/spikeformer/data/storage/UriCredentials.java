package io.spikeformer.data.storage;

import io.spikeformer.common.UserException;
import java.util.regex.Pattern;

/**
 * Keeps credentials out of URIs. A URI ends up in manifests, recipes, reports, logs and process
 * lists; credentials come from the file system's provider chain alone.
 */
public final class UriCredentials {
  /** A bucket's name has neither colon nor at sign; a secret key may hold a slash. */
  private static final Pattern OF_S3 = Pattern.compile("(?i)(^|[^a-z0-9])s3[an]?:/+[^/\\s]*[:@]");

  private static final Pattern OF_OTHERS =
      Pattern.compile("(?i)[a-z][a-z0-9+.-]*://[^/@\\s]*:[^/@\\s]*@");

  private UriCredentials() {}

  /** Whether a text holds a URI with credentials before its host or bucket. */
  public static boolean isIn(String text) {
    return OF_S3.matcher(text).find() || OF_OTHERS.matcher(text).find();
  }

  /**
   * Refuses a text that holds a URI with credentials.
   *
   * @throws UserException that does not repeat it
   */
  public static void refuse(String text) {
    if (isIn(text)) {
      throw new UserException(
          "location: expected a URI without credentials, found some before its bucket or host; take"
              + " them out and give them to the file system's provider chain (environment, profile or"
              + " instance role, see docs/running.md)");
    }
  }
}
