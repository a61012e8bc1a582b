package io.spikeformer.common;

/**
 * A failure that the user can act on: a wrong option, a damaged file, a configuration that does not
 * fit, a loss that is not finite. The message is one line: what, expected, found, where, what to
 * do. The command line prints it without a stack trace.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure found by this project's checks. */
  public UserException(String message) {
    super(message);
  }

  /** A failure reported by something below, which is kept as the cause. */
  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
