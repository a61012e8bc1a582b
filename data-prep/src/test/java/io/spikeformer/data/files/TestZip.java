package io.spikeformer.data.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes .zip files member by member, also such as no sane tool would write. */
public final class TestZip {
  private static final int MADE_BY = 4;
  private static final int FLAGS = 8;
  private static final int METHOD = 10;
  private static final int NAME_BYTES = 28;
  private static final int EXTRA_BYTES = 30;
  private static final int EXTERNAL_MODE = 40;
  private static final int HEADER_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int UNIX = 3;
  private static final int LINK_MODE = 0120777;

  private final Map<String, int[]> patches = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  /** A member that is compressed. */
  public TestZip deflated(String name, byte[] content) {
    return put(new ZipEntry(name), content);
  }

  /** A member that is not, as photographs are. */
  public TestZip stored(String name, byte[] content) {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    return put(entry, content);
  }

  /** A member of text. */
  public TestZip text(String name, String content) {
    return deflated(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A member that is a symbolic link, as unix tools pack it. */
  public TestZip link(String name, String target) {
    stored(name, target.getBytes(StandardCharsets.UTF_8));
    return patch(name, MADE_BY, UNIX << 8, EXTERNAL_MODE, LINK_MODE);
  }

  /** A member under a name with backslashes that is said to come from unix. */
  public TestZip unixNamed(String name, byte[] content) {
    return stored(name, content).patch(name, MADE_BY, UNIX << 8);
  }

  /** A member that is marked as encrypted. */
  public TestZip encrypted(String name, byte[] content) {
    return stored(name, content).patch(name, FLAGS, 1);
  }

  /** A member that is said to be compressed by a method. */
  public TestZip method(String name, int method) {
    return stored(name, new byte[1]).patch(name, METHOD, method);
  }

  /** Sets 16-bit fields of a member in the directory: pairs of offset and value. */
  private TestZip patch(String name, int... fields) {
    patches.put(name, fields);
    return this;
  }

  private TestZip put(ZipEntry entry, byte[] content) {
    try {
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
      return this;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** The whole file. */
  public byte[] bytes() {
    try {
      zip.close();
      return patched(bytes.toByteArray());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private byte[] patched(byte[] file) {
    ByteBuffer zip = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = zip.getInt(file.length - END_BYTES + 16);
    while (at < file.length - END_BYTES) {
      int length = zip.getShort(at + NAME_BYTES);
      String name = new String(file, at + HEADER_BYTES, length, StandardCharsets.UTF_8);
      int[] fields = patches.getOrDefault(name, new int[0]);
      for (int i = 0; i < fields.length; i += 2) {
        zip.putShort(at + fields[i], (short) fields[i + 1]);
      }
      at += HEADER_BYTES + length + zip.getShort(at + EXTRA_BYTES);
    }
    return file;
  }
}
