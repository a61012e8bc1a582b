package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.PacketDecoder.DecodeException;
import java.util.Arrays;

/** A byte array that is used again for every packet and grows up to a limit. */
final class PacketBuffer {
  /** Most bytes of one packet, compressed or not: 64 MiB, 4 Mi events. */
  static final int LIMIT = 64 << 20;

  private byte[] bytes = new byte[1 << 16];

  byte[] bytes() {
    return bytes;
  }

  /**
   * Makes room behind what is already there, whose bytes are kept.
   *
   * @param used bytes in use, at most {@link #LIMIT}
   * @param more bytes that may follow
   */
  void reserve(int used, long more) throws DecodeException {
    long needed = used + more;
    if (needed > LIMIT) {
      throw new DecodeException(
          Text.format(
              "packet too large: expected at most %d bytes, found %d or more", LIMIT, needed));
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(LIMIT, Math.max(needed, 2L * bytes.length)));
    }
  }
}
