package io.spikeformer.data;

/**
 * Data that cannot be used: one line that says what, expected, found, where and what to do. The
 * command line prints the message without a stack trace.
 */
public class DataException extends RuntimeException {
  /** A failure found by our own checks. */
  public DataException(String message) {
    super(message);
  }

  /** A failure reported by something below, which is kept as the cause. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
