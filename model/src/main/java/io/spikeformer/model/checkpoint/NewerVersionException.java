package io.spikeformer.model.checkpoint;

import io.spikeformer.common.UserException;

/**
 * A checkpoint that a newer release has written. It is not damaged, so an older one must not take
 * its place.
 */
public final class NewerVersionException extends UserException {
  private static final long serialVersionUID = 1L;

  /** With the one-line message that names the file, both versions and what to do. */
  public NewerVersionException(String message) {
    super(message);
  }
}
