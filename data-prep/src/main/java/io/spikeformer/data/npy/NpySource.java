package io.spikeformer.data.npy;

import java.io.IOException;

/**
 * Where an array is read from, front to back, and how a fault in it is told.
 *
 * @param <X> what is thrown for a fault
 */
public interface NpySource<X extends Exception> {
  /**
   * The next bytes of the header.
   *
   * @throws X if fewer are left
   */
  byte[] take(int count) throws IOException, X;

  /** A fault at the place that was read last. */
  X fault(String what);
}
