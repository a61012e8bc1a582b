package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.InflaterInputStream;

/**
 * Compares the sizes that a MATLAB file of version 5 declares with what it holds. MFL takes the
 * memory that a tag declares, up to 2 GB, before it reads; after this walk no tag declares more
 * than there is.
 */
final class MatlabTags {
  private static final int HEADER_BYTES = 128;
  private static final int SUBSYSTEM_OFFSET = 116;
  private static final int ENDIAN_OFFSET = 126;
  private static final int ALIGNMENT = 8;
  private static final int TAG_BYTES = 8;
  private static final int MAX_BYTES = 64 << 20;
  private static final int MAX_DEPTH = 4;
  private static final int MAX_FIELDS = 1 << 10;

  /** Many times the synsets of ImageNet. */
  private static final int MAX_STRUCTS = 1 << 16;

  /** Types of elements. */
  private static final int MATRIX = 14;

  private static final int COMPRESSED = 15;

  /** Classes of arrays. */
  private static final int STRUCT_ARRAY = 2;

  private static final int CHAR_ARRAY = 4;
  private static final int DOUBLE_ARRAY = 6;
  private static final int UINT64_ARRAY = 15;

  private final ByteBuffer file;

  MatlabTags(byte[] bytes) throws IOException {
    if (bytes.length < HEADER_BYTES) {
      throw new IOException(Text.format("a file of %d bytes, too short", bytes.length));
    }
    String order =
        new String(bytes, ENDIAN_OFFSET, HEADER_BYTES - ENDIAN_OFFSET, StandardCharsets.US_ASCII);
    if (!order.equals("IM") && !order.equals("MI")) {
      throw new IOException("no MATLAB file of version 5");
    }
    this.file =
        ByteBuffer.wrap(bytes)
            .order(order.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
  }

  /**
   * One element of the file.
   *
   * @param type of its data
   * @param data alone
   */
  private record Element(int type, ByteBuffer data) {}

  /** The header of an array. */
  private record Array(int arrayClass, long count, String name) {}

  /** A file of one variable alone, not compressed, in which every size holds. */
  byte[] only(String variable) throws IOException {
    ByteBuffer rest = file.duplicate().order(file.order()).position(HEADER_BYTES);
    try {
      while (rest.hasRemaining()) {
        Element element = inflated(next(rest));
        if (element.type() == MATRIX
            && element.data().hasRemaining()
            && header(element.data().duplicate().order(file.order())).name().equals(variable)) {
          check(element.data().duplicate().order(file.order()), 0);
          return alone(element.data());
        }
      }
    } catch (BufferUnderflowException failure) {
      throw new IOException("an element that ends early", failure);
    }
    throw new IOException("no variable " + variable);
  }

  private byte[] alone(ByteBuffer variable) {
    return ByteBuffer.allocate(HEADER_BYTES + TAG_BYTES + variable.remaining())
        .order(file.order())
        .put(file.array(), 0, HEADER_BYTES)
        .putLong(SUBSYSTEM_OFFSET, 0)
        .putInt(MATRIX)
        .putInt(variable.remaining())
        .put(variable)
        .array();
  }

  private static Element next(ByteBuffer buffer) {
    int type = buffer.getInt();
    int packedBytes = type >>> 16;
    if (packedBytes > 0) {
      // four bytes or fewer lie in the tag itself
      if (packedBytes > Integer.BYTES) {
        throw new BufferUnderflowException();
      }
      ByteBuffer packed = part(buffer, Integer.BYTES);
      return new Element(type & 0xffff, packed.limit(packedBytes));
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
      throw new IOException(Text.format("a variable of more than %d bytes", MAX_BYTES));
    }
    return next(ByteBuffer.wrap(bytes).order(element.data().order()));
  }

  private static Array header(ByteBuffer data) throws IOException {
    int arrayClass = next(data).data().getInt() & 0xff;
    ByteBuffer dimensions = next(data).data();
    long count = 1;
    while (dimensions.hasRemaining()) {
      int dimension = dimensions.getInt();
      if (dimension < 0) {
        throw new IOException(Text.format("an array of size %d", dimension));
      }
      // what is cut here is more than any file holds
      count = Math.min(count * dimension, Integer.MAX_VALUE);
    }
    return new Array(
        arrayClass, count, StandardCharsets.US_ASCII.decode(next(data).data()).toString());
  }

  /** Checks the sizes of an array and of those in it. */
  private static void check(ByteBuffer data, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new IOException(Text.format("structs nested more than %d deep", MAX_DEPTH));
    }
    if (!data.hasRemaining()) {
      return;
    }
    Array array = header(data);
    long leastBytes = array.count();
    if (array.arrayClass() == STRUCT_ARRAY) {
      leastBytes *= TAG_BYTES * fields(array, data);
    } else if (array.arrayClass() != CHAR_ARRAY
        && (array.arrayClass() < DOUBLE_ARRAY || array.arrayClass() > UINT64_ARRAY)) {
      throw new IOException(
          "expected structs of text and numbers, found an array of class " + array.arrayClass());
    }
    if (leastBytes > data.remaining()) {
      throw new BufferUnderflowException();
    }
    while (data.hasRemaining()) {
      Element element = next(data);
      if (element.type() == MATRIX) {
        check(element.data(), depth + 1);
      }
    }
  }

  /** The number of fields of an array of structs. */
  private static long fields(Array array, ByteBuffer data) throws IOException {
    int nameBytes = Math.max(1, next(data).data().getInt());
    int names = next(data).data().remaining();
    int fields = (names + nameBytes - 1) / nameBytes;
    if (array.count() > MAX_STRUCTS || fields > MAX_FIELDS || (array.count() > 0 && names == 0)) {
      throw new IOException(
          Text.format(
              "%s: expected at most %d structs with fields, found %d with %d bytes of field names",
              array.name(), MAX_STRUCTS, array.count(), names));
    }
    return fields;
  }
}
