package io.spikeformer.eval;

/** A failure that its one-line message explains to the user. */
public final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What, expected, found, where, and what to do, in one line. */
  public EvaluationException(String message) {
    super(message);
  }

  /** As above, with the failure behind it. */
  public EvaluationException(String message, Throwable cause) {
    super(message, cause);
  }
}
