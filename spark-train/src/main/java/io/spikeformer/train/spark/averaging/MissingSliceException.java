package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;

/** A slice that no process sends, or not as it was: the executors that had it are lost. */
public class MissingSliceException extends UserException {
  private static final long serialVersionUID = 1L;

  /** With one line for the user. */
  public MissingSliceException(String message) {
    super(message);
  }

  MissingSliceException(Throwable cause, String message) {
    super(cause, message);
  }

  /** Whether a failure, or what it was caused by, is of this kind. */
  public static boolean isBehind(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MissingSliceException) {
        return true;
      }
    }
    return false;
  }
}
