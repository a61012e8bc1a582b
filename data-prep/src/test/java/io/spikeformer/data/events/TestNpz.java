package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes .npz files with any member, right or wrong. */
final class TestNpz {
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(file);
  private final boolean isStored;

  private TestNpz(boolean isStored) {
    this.isStored = isStored;
  }

  static TestNpz stored() {
    return new TestNpz(true);
  }

  static TestNpz deflated() {
    return new TestNpz(false);
  }

  /** The four usual arrays. */
  static byte[] of(TestEvents events) {
    return addColumns(deflated(), events).bytes();
  }

  /** Adds the four usual arrays. */
  static TestNpz addColumns(TestNpz file, TestEvents events) {
    int count = events.count();
    ByteBuffer t = buffer(8 * count);
    ByteBuffer x = buffer(2 * count);
    ByteBuffer y = buffer(2 * count);
    ByteBuffer p = buffer(count);
    for (int i = 0; i < count; i++) {
      t.putLong(events.micros()[i]);
      x.putShort((short) events.x()[i]);
      y.putShort((short) events.y()[i]);
      p.put((byte) events.polarity()[i]);
    }
    return file.array("t", "'<i8'", count, t.array())
        .array("x", "'<u2'", count, x.array())
        .array("y", "'<u2'", count, y.array())
        .array("p", "'|b1'", count, p.array());
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds a member: `descr` as NumPy prints it, with quotes or brackets. */
  TestNpz array(String name, String descr, long length, byte[] data) {
    return member(name + ".npy", npy(descr, Text.format("(%d,)", length), data));
  }

  static byte[] npy(String descr, String shape, byte[] data) {
    String dictionary =
        Text.format("{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape);
    String padded = dictionary + " ".repeat(64 - (dictionary.length() + 11) % 64) + "\n";
    ByteBuffer bytes = buffer(10 + padded.length() + data.length);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) padded.length());
    return bytes.put(padded.getBytes(StandardCharsets.US_ASCII)).put(data).array();
  }

  TestNpz member(String name, byte[] content) {
    try {
      ZipEntry entry = new ZipEntry(name);
      if (isStored) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
      }
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
      return this;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  byte[] bytes() {
    try {
      zip.close();
      return file.toByteArray();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
