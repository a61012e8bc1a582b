package io.spikeformer.data.storage;

/** An input that is no usable sample; the message is the reason, without the path. */
public class InvalidSampleException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reason, as it is written to the list of rejected files. */
  public InvalidSampleException(String reason) {
    super(reason);
  }
}
