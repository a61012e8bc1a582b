package io.spikeformer.data.events;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Decompresses Zstandard frames, with or without a declared content size. */
final class ZstdFrame implements PacketDecoder {
  private static final int CHUNK = 1 << 16;

  /** Farthest that a frame may reach back: 8 MiB, what level 19 uses. */
  private static final int MAX_WINDOW_LOG = 23;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();

  @Override
  public int decode(byte[] packet, int length, PacketBuffer output) throws DecodeException {
    try {
      long declared = Zstd.decompressedSize(packet, 0, length);
      // not known, empty, or no frame at all: told apart by decompressing
      if (declared <= 0) {
        return stream(packet, length, output);
      }
      output.reserve(0, declared);
      byte[] bytes = output.bytes();
      return context.decompressByteArray(bytes, 0, bytes.length, packet, 0, length);
    } catch (ZstdException failure) {
      throw damaged(failure);
    }
  }

  private static int stream(byte[] packet, int length, PacketBuffer output) throws DecodeException {
    try (ZstdInputStreamNoFinalizer stream =
        new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packet, 0, length))) {
      stream.setLongMax(MAX_WINDOW_LOG);
      int out = 0;
      while (true) {
        output.reserve(out, CHUNK);
        int count = stream.read(output.bytes(), out, CHUNK);
        if (count < 0) {
          return out;
        }
        out += count;
      }
    } catch (IOException failure) {
      throw damaged(failure);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private static DecodeException damaged(Exception failure) {
    return new DecodeException("damaged Zstandard frame: " + failure.getMessage());
  }
}
