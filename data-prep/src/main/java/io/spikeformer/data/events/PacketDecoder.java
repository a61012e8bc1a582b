package io.spikeformer.data.events;

/** Decompresses the packets of a recording; keeps no state from one packet to the next. */
interface PacketDecoder extends AutoCloseable {
  /**
   * Decompresses one packet.
   *
   * @param packet compressed bytes
   * @param length how many of them
   * @param output receives the content from index 0, within its limit
   * @return bytes written
   */
  int decode(byte[] packet, int length, PacketBuffer output) throws DecodeException;

  @Override
  default void close() {}

  /** Compressed bytes that cannot be decompressed; the message is the reason without the place. */
  final class DecodeException extends Exception {
    DecodeException(String reason) {
      super(reason);
    }
  }
}
