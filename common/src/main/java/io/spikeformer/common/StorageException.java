package io.spikeformer.common;

/**
 * A storage that does not answer or refuses: a network that fails, a disk that is full, a lock that
 * a failed write left short. Only such a failure may heal by itself and is worth another attempt.
 */
public final class StorageException extends UserException {
  private static final long serialVersionUID = 1L;

  /** A failure found by this project's checks. */
  public StorageException(String message) {
    super(message);
  }

  /** A failure reported by the storage, which is kept as the cause. */
  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
