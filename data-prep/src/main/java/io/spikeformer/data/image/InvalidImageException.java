package io.spikeformer.data.image;

import io.spikeformer.data.storage.InvalidSampleException;

/** A file that is no usable image; the message is the reason, without the path. */
public final class InvalidImageException extends InvalidSampleException {
  private static final long serialVersionUID = 1L;

  /** The reason, as it is written to the list of rejected files. */
  public InvalidImageException(String reason) {
    super(reason);
  }
}
