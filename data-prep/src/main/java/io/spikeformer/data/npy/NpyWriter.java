package io.spikeformer.data.npy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Writes NumPy's .npy files (format version 1) of float32 in C order; {@link NpyInput} reads them.
 *
 * <p>A file has the magic bytes, two version bytes, the length of the header (2 bytes little-endian
 * in version 1, 4 after), the header and the values, little-endian. The header is a Python
 * dictionary of ASCII text that ends in a line feed.
 */
public final class NpyWriter {
  private static final int VERSION_BYTES = 2;
  private static final int PREFIX_BYTES = NpyHeader.magic().length + VERSION_BYTES;
  private static final int HEADER_ALIGNMENT = 64;
  private static final int CHUNK = 8192;

  private NpyWriter() {}

  /** Writes an array; the stream stays open. */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    out.write(header(array.shape()).array());
    ByteBuffer values = ByteBuffer.allocate(Float.BYTES * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < array.values().length; from += CHUNK) {
      int count = Math.min(CHUNK, array.values().length - from);
      values.clear().asFloatBuffer().put(array.values(), from, count);
      out.write(values.array(), 0, count * Float.BYTES);
    }
  }

  private static ByteBuffer header(int[] shape) {
    String sizes = Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    sizes = shape.length == 1 ? sizes + "," : sizes;
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }";
    int unpadded = PREFIX_BYTES + Short.BYTES + text.length() + 1;
    int padding = Math.floorMod(-unpadded, HEADER_ALIGNMENT);
    byte[] line = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(PREFIX_BYTES + Short.BYTES + line.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(NpyHeader.magic())
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) line.length)
        .put(line)
        .flip();
  }
}
