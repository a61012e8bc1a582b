package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Decompresses LZ4 frames (LZ4 frame format 1.6) whose blocks may refer to earlier blocks, as those
 * of DV software do; lz4-java's own frame reader takes independent blocks only.
 */
final class Lz4Frame implements PacketDecoder {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int MAGIC = 0x184d2204;
  private static final int VERSION_MASK = 0xc0;
  private static final int VERSION = 0x40;
  private static final int BLOCK_CHECKSUM = 0x10;
  private static final int CONTENT_SIZE = 0x08;
  private static final int CONTENT_CHECKSUM = 0x04;
  private static final int DICTIONARY = 0x01;
  private static final int RESERVED = 0x02;
  private static final int UNCOMPRESSED = 0x80000000;
  private static final int MIN_HEADER = 7;

  /** Shortest repetition that is coded as one. */
  private static final int MIN_MATCH = 4;

  /** A length of the token that goes on in further bytes. */
  private static final int EXTENDED = 15;

  private final XXHash32 hash = XXHashFactory.fastestJavaInstance().hash32();

  /** Index behind the length that was read last. */
  private int behindExtension;

  @Override
  public int decode(byte[] packet, int length, PacketBuffer output) throws DecodeException {
    if (length < MIN_HEADER || (int) INT.get(packet, 0) != MAGIC) {
      throw new DecodeException("expected an LZ4 frame, found other bytes");
    }
    int flags = packet[4] & 0xff;
    if ((flags & VERSION_MASK) != VERSION || (flags & (DICTIONARY | RESERVED)) != 0) {
      throw new DecodeException(
          Text.format(
              "expected LZ4 frame version 1 without dictionary, found flags 0x%02x", flags));
    }
    int header = MIN_HEADER + ((flags & CONTENT_SIZE) != 0 ? 8 : 0);
    requireBytes(header, length);
    int checksum = (hash.hash(packet, 4, header - 5, 0) >> 8) & 0xff;
    if (checksum != (packet[header - 1] & 0xff)) {
      throw new DecodeException("wrong checksum of the LZ4 frame header");
    }
    return decodeBlocks(packet, header, length, flags, output);
  }

  private int decodeBlocks(byte[] packet, int header, int length, int flags, PacketBuffer output)
      throws DecodeException {
    int trailer = (flags & BLOCK_CHECKSUM) != 0 ? 4 : 0;
    int blockLimit = blockLimit(packet[5]);
    int in = header;
    int out = 0;
    while (true) {
      requireBytes(in + 4, length);
      int word = (int) INT.get(packet, in);
      in += 4;
      if (word == 0) {
        break;
      }
      int size = word & ~UNCOMPRESSED;
      if (size > length - in - trailer || size > blockLimit) {
        throw new DecodeException(
            Text.format(
                "LZ4 block: expected at most %d bytes, found %d",
                Math.min(length - in - trailer, blockLimit), size));
      }
      output.reserve(out, blockLimit);
      if ((word & UNCOMPRESSED) != 0) {
        System.arraycopy(packet, in, output.bytes(), out, size);
        out += size;
      } else {
        out = decodeBlock(packet, in, in + size, output.bytes(), out, out + blockLimit);
      }
      if (trailer != 0) {
        verify(packet, in, size, (int) INT.get(packet, in + size), "block");
      }
      in += size + trailer;
    }
    if ((flags & CONTENT_CHECKSUM) != 0) {
      requireBytes(in + 4, length);
      verify(output.bytes(), 0, out, (int) INT.get(packet, in), "content");
    }
    return out;
  }

  private void verify(byte[] bytes, int from, int length, int expected, String what)
      throws DecodeException {
    if (hash.hash(bytes, from, length, 0) != expected) {
      throw new DecodeException(Text.format("wrong checksum of the LZ4 %s", what));
    }
  }

  private static int blockLimit(byte descriptor) throws DecodeException {
    int code = (descriptor >> 4) & 7;
    if (code < 4) {
      throw new DecodeException("LZ4 block size: expected code 4 to 7, found " + code);
    }
    return 1 << (8 + 2 * code);
  }

  private static void requireBytes(int needed, int length) throws DecodeException {
    if (needed > length) {
      throw new DecodeException(
          Text.format("LZ4 frame ends early: expected more than %d bytes", length));
    }
  }

  /** One block; matches may reach back into everything written before. Returns the new end. */
  private int decodeBlock(byte[] in, int from, int end, byte[] out, int start, int limit)
      throws DecodeException {
    int i = from;
    int o = start;
    while (i < end) {
      int token = in[i++] & 0xff;
      int literals = token >>> 4;
      if (literals == EXTENDED) {
        literals += extension(in, i, end, limit);
        i = behindExtension;
      }
      if (literals > end - i || literals > limit - o) {
        throw damaged();
      }
      copy(in, i, out, o, literals);
      i += literals;
      o += literals;
      if (i == end) {
        return o;
      }
      if (end - i < 2) {
        throw damaged();
      }
      int distance = (in[i] & 0xff) | (in[i + 1] & 0xff) << 8;
      i += 2;
      int match = (token & EXTENDED) + MIN_MATCH;
      if (match == EXTENDED + MIN_MATCH) {
        match += extension(in, i, end, limit);
        i = behindExtension;
      }
      if (distance == 0 || distance > o || match > limit - o) {
        throw damaged();
      }
      copyMatch(out, o, distance, match);
      o += match;
    }
    throw damaged();
  }

  /** The rest of a length that does not fit the token: bytes to add up, the last one below 255. */
  private int extension(byte[] in, int from, int end, int limit) throws DecodeException {
    int length = 0;
    int i = from;
    while (i < end && length < limit) {
      int more = in[i++] & 0xff;
      length += more;
      if (more < 255) {
        behindExtension = i;
        return length;
      }
    }
    throw damaged();
  }

  /** A match may overlap itself: then it repeats its first bytes. */
  private static void copyMatch(byte[] out, int to, int distance, int length) {
    if (distance >= Long.BYTES) {
      copy(out, to - distance, out, to, length);
      return;
    }
    for (int i = to; i < to + length; i++) {
      out[i] = out[i - distance];
    }
  }

  /**
   * Copies in steps of eight bytes, which for the short pieces of LZ4 is faster than arraycopy. It
   * may write up to seven bytes too many: what comes next overwrites them.
   */
  private static void copy(byte[] in, int from, byte[] out, int to, int length) {
    int room = Math.min(in.length - from, out.length - to);
    int whole = length + Long.BYTES - 1 <= room ? length : length & -Long.BYTES;
    int i = 0;
    for (; i < whole; i += Long.BYTES) {
      LONG.set(out, to + i, (long) LONG.get(in, from + i));
    }
    for (; i < length; i++) {
      out[to + i] = in[from + i];
    }
  }

  private static DecodeException damaged() {
    return new DecodeException("damaged LZ4 block");
  }
}
