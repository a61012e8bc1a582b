package io.spikeformer.model;

/**
 * A failure that the user can act on: a damaged checkpoint, a wrong configuration, a loss that is
 * not finite. The message is one line that says what was expected, what was found and where.
 */
public class ModelException extends RuntimeException {
  /** A failure with its one-line message. */
  public ModelException(String message) {
    super(message);
  }

  /** A failure with its one-line message and what caused it. */
  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
