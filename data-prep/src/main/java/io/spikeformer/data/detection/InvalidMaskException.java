package io.spikeformer.data.detection;

/** Runs, text or a polygon that make no mask; the message is the reason, without a file. */
public final class InvalidMaskException extends IllegalArgumentException {
  /** The reason. */
  public InvalidMaskException(String reason) {
    super(reason);
  }
}
