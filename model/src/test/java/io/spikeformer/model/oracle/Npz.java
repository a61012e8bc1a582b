package io.spikeformer.model.oracle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads the arrays of a NumPy .npz of numbers or booleans in C order; texts are left out. */
public final class Npz {
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

  private static final Pattern TYPE = Pattern.compile("'descr': '[<|](f|i|u|b)([148])'");

  /** One array; other types than float32 are converted. */
  public record Array(long[] shape, float[] values) {}

  private Npz() {}

  /** All arrays by name, the ending .npy left out. */
  public static Map<String, Array> read(InputStream stream) throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(stream)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Array array = array(zip);
        if (array != null) {
          arrays.put(entry.getName().replaceAll("\\.npy$", ""), array);
        }
      }
    }
    return arrays;
  }

  /** All arrays of a recording; the test is skipped where the file is not there. */
  public static Map<String, Array> recorded(Path file) throws IOException {
    assumeTrue(Files.exists(file), "recorded tensors are not there");
    try (InputStream stream = Files.newInputStream(file)) {
      return read(stream);
    }
  }

  /** The array of an entry, or null if it is one of texts. */
  private static Array array(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    in.readFully(new byte[8]);
    int headerLength = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    byte[] headerBytes = new byte[headerLength];
    in.readFully(headerBytes);
    String header = new String(headerBytes, StandardCharsets.US_ASCII);
    Matcher shapeText = SHAPE.matcher(header);
    if (!shapeText.find() || !header.contains("'fortran_order': False")) {
      throw new IOException("unexpected header " + header);
    }
    long[] shape =
        Pattern.compile(",")
            .splitAsStream(shapeText.group(1))
            .map(String::trim)
            .filter(part -> !part.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    if (header.contains("'descr': '<U")) {
      return null;
    }
    Matcher type = TYPE.matcher(header);
    if (!type.find()) {
      throw new IOException("unexpected header " + header);
    }
    int size = Integer.parseInt(type.group(2));
    byte[] data = new byte[count * size];
    in.readFully(data);
    ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (type.group(1) + size) {
            case "f8" -> (float) buffer.getDouble();
            case "f4" -> buffer.getFloat();
            case "i8" -> buffer.getLong();
            case "i4" -> buffer.getInt();
            default -> Byte.toUnsignedInt(buffer.get());
          };
    }
    return new Array(shape, values);
  }
}
