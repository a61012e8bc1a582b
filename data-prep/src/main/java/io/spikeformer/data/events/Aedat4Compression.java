package io.spikeformer.data.events;

import java.util.function.Supplier;

/** How the packets of an AEDAT 4.0 file are compressed; the order is that of the format. */
enum Aedat4Compression {
  NONE(Stored::new),
  LZ4(Lz4Frame::new),
  LZ4_HIGH(Lz4Frame::new),
  ZSTD(ZstdFrame::new),
  ZSTD_HIGH(ZstdFrame::new);

  private final Supplier<PacketDecoder> decoder;

  Aedat4Compression(Supplier<PacketDecoder> decoder) {
    this.decoder = decoder;
  }

  PacketDecoder newDecoder() {
    return decoder.get();
  }

  /** Packets that are stored as they are. */
  private static final class Stored implements PacketDecoder {
    @Override
    public int decode(byte[] packet, int length, PacketBuffer output) throws DecodeException {
      output.reserve(0, length);
      System.arraycopy(packet, 0, output.bytes(), 0, length);
      return length;
    }
  }
}
