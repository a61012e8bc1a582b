package io.spikeformer.data.segmentation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes 8-bit PNG files of one channel without filters: flat areas of labels need none. */
final class IndexedPngWriter {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER_LENGTH = 13;
  private static final byte BITS = 8;
  private static final byte GREY = 0;
  private static final byte PALETTE = 3;
  private static final int COLOUR_BYTES = 3;
  private static final int BUFFER = 1 << 13;

  private IndexedPngWriter() {}

  /**
   * A file.
   *
   * @param values of the pixels
   * @param palette a colour for each value, 0xRRGGBB; empty for a greyscale file
   */
  static byte[] write(int height, int width, byte[] values, int... palette) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    byte colour = palette.length == 0 ? GREY : PALETTE;
    // deflate, adaptive filters, not interlaced: all 0
    ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH);
    chunk(file, "IHDR", header.putInt(width).putInt(height).put(BITS).put(colour).array());
    if (palette.length > 0) {
      chunk(file, "PLTE", levels(palette));
    }
    chunk(file, "IDAT", deflate(height, width, values));
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] levels(int... palette) {
    ByteBuffer levels = ByteBuffer.allocate(COLOUR_BYTES * palette.length);
    for (int colour : palette) {
      levels.put((byte) (colour >> 16)).put((byte) (colour >> 8)).put((byte) colour);
    }
    return levels.array();
  }

  private static byte[] deflate(int height, int width, byte[] values) {
    byte[] lines = new byte[height * (width + 1)];
    for (int row = 0; row < height; row++) {
      System.arraycopy(values, row * width, lines, row * (width + 1) + 1, width);
    }
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(lines);
      deflater.finish();
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      byte[] buffer = new byte[BUFFER];
      while (!deflater.finished()) {
        data.write(buffer, 0, deflater.deflate(buffer));
      }
      return data.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(4 + 4 + data.length + 4);
    chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 checksum = new CRC32();
    checksum.update(chunk.array(), 4, 4 + data.length);
    file.writeBytes(chunk.putInt((int) checksum.getValue()).array());
  }
}
