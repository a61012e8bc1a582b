package io.spikeformer.jobs;

/** A failure that the command line prints as one line: what, expected, found, where. */
public final class JobException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with nothing underneath. */
  public JobException(String message) {
    super(message);
  }

  /** A failure that another one caused. */
  public JobException(String message, Throwable cause) {
    super(message, cause);
  }
}
