package io.spikeformer.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads and writes NumPy's .npy files (format versions 1 to 3) of float32 in C order.
 *
 * <p>A file is: the magic bytes, two version bytes, the length of the header (2 bytes little-endian
 * in version 1, 4 after), the header, a Python dictionary of ASCII text that ends in a line feed,
 * and the values, little-endian.
 */
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_BYTES = 2;
  private static final int PREFIX_BYTES = MAGIC.length + VERSION_BYTES;
  private static final int NEWEST_VERSION = 3;
  private static final int MAX_HEADER_BYTES = 1 << 16;
  private static final int MAX_DIMENSIONS = 32;
  private static final int HEADER_ALIGNMENT = 64;
  private static final int CHUNK = 8192;

  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \\(([^()]*)\\),? ?\\}\\s*");
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,10}(, ?\\d{1,10})*,?)?");

  private NpyFile() {}

  /**
   * Reads a file.
   *
   * @throws JobException if it is missing, damaged, or not float32 in C order
   */
  static NpyArray read(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new Reader(path, channel).read();
    } catch (NoSuchFileException e) {
      throw new JobException(path + ": there is no such file", e);
    } catch (IOException e) {
      throw new JobException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Writes an array; the stream stays open. */
  static void write(OutputStream out, NpyArray array) throws IOException {
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
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) line.length)
        .put(line)
        .flip();
  }

  /** One pass over one file. */
  private record Reader(Path path, FileChannel channel) {
    NpyArray read() throws IOException {
      ByteBuffer prefix = take(PREFIX_BYTES);
      byte[] magic = new byte[MAGIC.length];
      prefix.get(magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw damaged("expected a .npy file, found other content");
      }
      int version = prefix.get();
      if (version < 1 || version > NEWEST_VERSION) {
        throw damaged("expected format version 1 to " + NEWEST_VERSION + ", found " + version);
      }
      int length =
          version == 1
              ? Short.toUnsignedInt(take(Short.BYTES).getShort())
              : take(Integer.BYTES).getInt();
      if (length < 0 || length > MAX_HEADER_BYTES) {
        throw damaged("expected a header of at most " + MAX_HEADER_BYTES + " bytes");
      }
      int[] shape = shape(StandardCharsets.UTF_8.decode(take(length)).toString());
      return new NpyArray(shape, values(shape));
    }

    private int[] shape(String header) {
      Matcher fields = HEADER.matcher(header);
      if (!fields.matches()) {
        throw damaged("expected a header with descr, fortran_order and shape, found " + header);
      }
      if (!fields.group(1).equals("<f4")) {
        throw damaged(
            "expected float32 ('<f4'), found '"
                + fields.group(1)
                + "': convert it with array.astype('<f4')");
      }
      if (fields.group(2).equals("True")) {
        throw damaged("expected C order, found Fortran order: save numpy.ascontiguousarray(array)");
      }
      String sizes = fields.group(3).trim();
      if (!SHAPE.matcher(sizes).matches()) {
        throw damaged("expected a shape such as (8, 32, 32, 3), found (" + sizes + ")");
      }
      return Arrays.stream(sizes.isEmpty() ? new String[0] : sizes.split(","))
          .map(String::trim)
          .mapToInt(this::size)
          .toArray();
    }

    private int size(String digits) {
      long size = Long.parseLong(digits);
      if (size > Integer.MAX_VALUE) {
        throw damaged("expected sizes below 2^31, found " + size);
      }
      return (int) size;
    }

    /** The sizes are those of the file before anything is allocated. */
    private float[] values(int[] shape) throws IOException {
      long rest = channel.size() - channel.position();
      long count = 1;
      for (int size : shape) {
        count = size == 0 ? 0 : count * size;
        if (count > rest) {
          break;
        }
      }
      if (shape.length > MAX_DIMENSIONS || count * Float.BYTES != rest) {
        throw damaged(
            "expected the values of shape "
                + Arrays.toString(shape)
                + " as float32, found "
                + rest
                + " bytes");
      }
      float[] values = new float[Math.toIntExact(count)];
      for (int from = 0; from < values.length; from += MAX_HEADER_BYTES) {
        int part = Math.min(MAX_HEADER_BYTES, values.length - from);
        take(part * Float.BYTES).asFloatBuffer().get(values, from, part);
      }
      return values;
    }

    private ByteBuffer take(int bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw damaged("expected more content, found the end of the file");
        }
      }
      return buffer.flip();
    }

    private JobException damaged(String what) {
      return new JobException(path + ": " + what.strip());
    }
  }
}
