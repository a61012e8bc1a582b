package io.spikeformer.data.events;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Reads the members of a zip from front to back, one at a time. Whatever is wrong with the zip is
 * an {@link InvalidEventsException}; what is wrong with the store below stays an {@link
 * IOException}.
 */
final class ZipMember implements Closeable {
  private static final int MAX_MEMBERS = 1024;

  private final CountingStream raw;
  private final ZipInputStream zip;
  private String name = "";
  private int members;

  ZipMember(CountingStream raw) {
    this.raw = raw;
    this.zip = new ZipInputStream(raw);
  }

  /** Name of the current member, without `.npy`. */
  String name() {
    return name;
  }

  /** Goes to the next member; false behind the last one. */
  boolean next() throws IOException, InvalidEventsException {
    try {
      ZipEntry entry = zip.getNextEntry();
      if (entry == null) {
        return false;
      }
      name = entry.getName().replaceFirst("\\.npy$", "");
      if (++members > MAX_MEMBERS) {
        throw fault("expected at most %d members, found more".formatted(MAX_MEMBERS));
      }
      return true;
    } catch (ZipException | EOFException | IllegalArgumentException damaged) {
      throw fault("damaged zip: " + damaged.getMessage());
    }
  }

  /** Fills part of an array from the current member. */
  void readFully(byte[] bytes, int length, String what) throws IOException, InvalidEventsException {
    int count = read(bytes, length);
    if (count < length) {
      throw fault("cut inside %s: expected %d bytes, found %d".formatted(what, length, count));
    }
  }

  /** Requires that the current member ends here; its checksum is verified on the way. */
  void requireEnd() throws IOException, InvalidEventsException {
    if (read(new byte[1], 1) != 0) {
      throw fault("expected its end, found more bytes than its header declares");
    }
  }

  private int read(byte[] bytes, int length) throws IOException, InvalidEventsException {
    try {
      return zip.readNBytes(bytes, 0, length);
    } catch (ZipException | EOFException damaged) {
      throw fault("damaged zip: " + damaged.getMessage());
    }
  }

  /** A fault of the current member, or of the zip as a whole. */
  InvalidEventsException fault(String what) {
    String place = name.isEmpty() ? "" : "member '%s': ".formatted(name);
    return raw.fault(raw.offset(), place + what);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
