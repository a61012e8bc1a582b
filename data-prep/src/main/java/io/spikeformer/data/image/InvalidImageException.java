package io.spikeformer.data.image;

/** A file that is no usable image; the message is the reason, without the path. */
public final class InvalidImageException extends Exception {
  /** The reason, as it is written to the list of rejected files. */
  public InvalidImageException(String reason) {
    super(reason);
  }
}
