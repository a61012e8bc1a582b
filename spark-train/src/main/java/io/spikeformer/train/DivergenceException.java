package io.spikeformer.train;

import io.spikeformer.common.UserException;

/** A loss or a gradient that is not finite: the training cannot go on. */
public final class DivergenceException extends UserException {
  private static final long serialVersionUID = 1L;

  /** With the one-line message that says what, at which step, and in which tensor. */
  public DivergenceException(String message) {
    super(message);
  }
}
