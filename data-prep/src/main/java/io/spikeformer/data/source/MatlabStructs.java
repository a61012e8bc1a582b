package io.spikeformer.data.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;

/**
 * Reads an array of structs out of a MATLAB file of version 5, as far as ImageNet's {@code
 * meta.mat} needs it: text, and the first value of numeric arrays.
 */
final class MatlabStructs {
  private static final int HEADER_BYTES = 128;
  private static final int ENDIAN_OFFSET = 126;
  private static final int ALIGNMENT = 8;
  private static final int MAX_BYTES = 64 << 20;
  private static final int MAX_DEPTH = 4;

  /** Many times the synsets of ImageNet. */
  private static final int MAX_STRUCTS = 1 << 16;

  /** Types of elements. */
  private static final int INT8 = 1;

  private static final int UINT8 = 2;
  private static final int INT16 = 3;
  private static final int UINT16 = 4;
  private static final int INT32 = 5;
  private static final int UINT32 = 6;
  private static final int SINGLE = 7;
  private static final int DOUBLE = 9;
  private static final int MATRIX = 14;
  private static final int COMPRESSED = 15;

  /** Classes of arrays. */
  private static final int STRUCT_ARRAY = 2;

  private static final int CHAR_ARRAY = 4;

  private final ByteBuffer file;

  MatlabStructs(byte[] bytes) throws IOException {
    if (bytes.length < HEADER_BYTES) {
      throw new IOException("a file of %d bytes, too short".formatted(bytes.length));
    }
    this.file = ByteBuffer.wrap(bytes);
    String order =
        new String(bytes, ENDIAN_OFFSET, HEADER_BYTES - ENDIAN_OFFSET, StandardCharsets.US_ASCII);
    if (!order.equals("IM") && !order.equals("MI")) {
      throw new IOException("no MATLAB file of version 5");
    }
    file.order(order.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    file.position(HEADER_BYTES);
  }

  /**
   * One element of the file.
   *
   * @param type of its data
   * @param data alone
   */
  private record Element(int type, ByteBuffer data) {}

  /** The structs of a variable, field by field: a String, a Double or nothing. */
  List<Map<String, Object>> read(String variable) throws IOException {
    try {
      while (file.hasRemaining()) {
        Element element = inflated(next(file));
        if (element.type() == MATRIX) {
          Matrix matrix = new Matrix(element.data(), 0);
          if (matrix.name.equals(variable)) {
            return matrix.structs();
          }
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException failure) {
      throw new IOException("an element that ends early", failure);
    }
    throw new IOException("no variable " + variable);
  }

  private static Element next(ByteBuffer buffer) {
    int type = buffer.getInt();
    int packedBytes = type >>> 16;
    if (packedBytes > 0) {
      // four bytes or fewer lie in the tag itself
      Element element = new Element(type & 0xffff, part(buffer, packedBytes));
      buffer.position(buffer.position() + Integer.BYTES - packedBytes);
      return element;
    }
    int size = buffer.getInt();
    Element element = new Element(type, part(buffer, size));
    if (type != COMPRESSED) {
      int padding = (ALIGNMENT - size % ALIGNMENT) % ALIGNMENT;
      buffer.position(Math.min(buffer.limit(), buffer.position() + padding));
    }
    return element;
  }

  private static ByteBuffer part(ByteBuffer buffer, int size) {
    if (size < 0 || size > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer part = buffer.slice(buffer.position(), size).order(buffer.order());
    buffer.position(buffer.position() + size);
    return part;
  }

  private static Element inflated(Element element) throws IOException {
    if (element.type() != COMPRESSED) {
      return element;
    }
    byte[] packed = new byte[element.data().remaining()];
    element.data().get(packed);
    byte[] bytes =
        new InflaterInputStream(new ByteArrayInputStream(packed)).readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException("a variable of more than %d bytes".formatted(MAX_BYTES));
    }
    return next(ByteBuffer.wrap(bytes).order(element.data().order()));
  }

  /** An array: its name, class and size, and its content still to be read. */
  private static final class Matrix {
    private final int arrayClass;
    private final long count;
    private final String name;
    private final ByteBuffer content;
    private final int depth;

    Matrix(ByteBuffer data, int depth) throws IOException {
      if (depth > MAX_DEPTH) {
        throw new IOException("structs nested more than %d deep".formatted(MAX_DEPTH));
      }
      this.depth = depth;
      this.content = data;
      if (!data.hasRemaining()) {
        this.arrayClass = 0;
        this.count = 0;
        this.name = "";
        return;
      }
      this.arrayClass = next(data).data().getInt() & 0xff;
      ByteBuffer dimensions = next(data).data();
      long product = 1;
      while (dimensions.hasRemaining()) {
        int dimension = dimensions.getInt();
        if (dimension < 0) {
          throw new IOException("an array of size %d".formatted(dimension));
        }
        // what is cut here is more than any file holds
        product = Math.min(product * dimension, Integer.MAX_VALUE);
      }
      this.count = product;
      this.name = text(next(data));
    }

    List<Map<String, Object>> structs() throws IOException {
      if (arrayClass != STRUCT_ARRAY) {
        throw new IOException(name + " is no array of structs");
      }
      int nameBytes = Math.max(1, next(content).data().getInt());
      String names = text(next(content));
      if (count > MAX_STRUCTS || (count > 0 && names.isEmpty())) {
        throw new IOException(
            "%s: expected at most %d structs with fields, found %d with %d bytes of field names"
                .formatted(name, MAX_STRUCTS, count, names.length()));
      }
      List<Map<String, Object>> structs = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        Map<String, Object> fields = new HashMap<>();
        for (int start = 0; start < names.length(); start += nameBytes) {
          String padded = names.substring(start, Math.min(names.length(), start + nameBytes));
          Element value = next(content);
          fields.put(padded.replaceAll("\0.*", ""), new Matrix(value.data(), depth + 1).value());
        }
        structs.add(fields);
      }
      return structs;
    }

    /** A text, a first number, or null. */
    private Object value() throws IOException {
      if (count == 0 || arrayClass <= STRUCT_ARRAY) {
        return null;
      }
      Element element = next(content);
      return arrayClass == CHAR_ARRAY ? (Object) text(element) : (Object) number(element);
    }

    private static String text(Element element) {
      byte[] bytes = new byte[element.data().remaining()];
      element.data().duplicate().get(bytes);
      if (element.type() == UINT16) {
        return new String(
            bytes,
            element.data().order() == ByteOrder.LITTLE_ENDIAN
                ? StandardCharsets.UTF_16LE
                : StandardCharsets.UTF_16BE);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Double number(Element element) throws IOException {
      ByteBuffer data = element.data();
      return switch (element.type()) {
        case INT8 -> (double) data.get();
        case UINT8 -> (double) (data.get() & 0xff);
        case INT16 -> (double) data.getShort();
        case UINT16 -> (double) (data.getShort() & 0xffff);
        case INT32 -> (double) data.getInt();
        case UINT32 -> (double) Integer.toUnsignedLong(data.getInt());
        case SINGLE -> (double) data.getFloat();
        case DOUBLE -> data.getDouble();
        default -> throw new IOException("numbers of type " + element.type());
      };
    }
  }
}
