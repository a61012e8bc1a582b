package io.spikeformer.data.image;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The chunk structure of a PNG file (ISO/IEC 15948): complete, in order, checksums right. */
final class PngStructure {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER = 0x49484452; // IHDR
  private static final int DATA = 0x49444154; // IDAT
  private static final int END = 0x49454e44; // IEND
  private static final int HEADER_LENGTH = 13;

  /** Length and type before a chunk's data, checksum after it. */
  private static final int FRAMING = 12;

  private PngStructure() {}

  static boolean matches(byte[] bytes) {
    return bytes.length >= SIGNATURE.length
        && Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  static ImageHeader check(byte[] bytes) throws InvalidImageException {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    file.position(SIGNATURE.length);
    ImageHeader header = null;
    boolean hasData = false;
    while (true) {
      if (file.remaining() < FRAMING) {
        throw truncated(bytes);
      }
      int start = file.position();
      long length = Integer.toUnsignedLong(file.getInt());
      int type = file.getInt();
      if (length > file.remaining() - 4) {
        throw truncated(bytes);
      }
      if (header == null) {
        header = readHeader(file, type, length);
      }
      verifyChecksum(bytes, start, (int) length);
      file.position(start + FRAMING + (int) length);
      hasData |= type == DATA;
      if (type == END) {
        break;
      }
    }
    if (!hasData) {
      throw new InvalidImageException("PNG without image data");
    }
    return header;
  }

  private static ImageHeader readHeader(ByteBuffer file, int type, long length)
      throws InvalidImageException {
    if (type != HEADER || length != HEADER_LENGTH) {
      throw new InvalidImageException("damaged PNG: it does not begin with its header");
    }
    long width = Integer.toUnsignedLong(file.getInt(file.position()));
    long height = Integer.toUnsignedLong(file.getInt(file.position() + 4));
    return ImageHeader.bounded(ImageEncoding.PNG, height, width);
  }

  /** The checksum covers a chunk's type and data. */
  private static void verifyChecksum(byte[] bytes, int start, int length)
      throws InvalidImageException {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, start + 4, 4 + length);
    int expected = ByteBuffer.wrap(bytes).getInt(start + 8 + length);
    if ((int) checksum.getValue() != expected) {
      throw new InvalidImageException(
          Text.format("damaged PNG: wrong checksum of the chunk at byte %d", start));
    }
  }

  private static InvalidImageException truncated(byte[] bytes) {
    return new InvalidImageException(
        Text.format("truncated PNG: no end chunk in %d bytes", bytes.length));
  }
}
