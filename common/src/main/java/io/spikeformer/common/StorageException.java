package io.spikeformer.common;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/**
 * A storage that does not answer or refuses: a network that fails, a disk that is full, a lock that
 * a failed write left short. Only such a failure may heal by itself and is worth another attempt.
 */
public final class StorageException extends UserException {
  private static final long serialVersionUID = 1L;

  /** A failure found by this project's checks, its message taken as it is. */
  public StorageException(String message) {
    super(message);
  }

  /** A failure found by this project's checks, its message as of {@link Text#format}. */
  @FormatMethod
  public StorageException(@FormatString String format, Object... arguments) {
    super(format, arguments);
  }

  /** A failure reported by the storage, its message taken as it is. */
  public StorageException(Throwable cause, String message) {
    super(cause, message);
  }

  /** A failure reported by the storage, its message as of {@link Text#format}. */
  @FormatMethod
  public StorageException(Throwable cause, @FormatString String format, Object... arguments) {
    super(cause, format, arguments);
  }
}
