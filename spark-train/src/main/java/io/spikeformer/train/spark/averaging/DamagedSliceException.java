package io.spikeformer.train.spark.averaging;

/** A slice that did not arrive as it was sent. */
final class DamagedSliceException extends MissingSliceException {
  private static final long serialVersionUID = 1L;

  private DamagedSliceException(String message) {
    super(message);
  }

  /** Compares the checksums of what was sent and of what has arrived. */
  static void require(String what, int expected, int found) {
    if (expected != found) {
      throw new DamagedSliceException(
          what
              + " of the training state: expected checksum "
              + Integer.toHexString(expected)
              + ", found "
              + Integer.toHexString(found)
              + ": memory, disk or network of a host damages data; see its system log");
    }
  }
}
