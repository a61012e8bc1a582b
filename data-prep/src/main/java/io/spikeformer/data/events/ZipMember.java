package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import io.spikeformer.data.npy.NpySource;
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
final class ZipMember implements NpySource<InvalidEventsException>, Closeable {
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
        throw fault(Text.format("expected at most %d members, found more", MAX_MEMBERS));
      }
      return true;
    } catch (EOFException end) {
      throw damage("damaged zip: " + end.getMessage());
    } catch (ZipException | IllegalArgumentException damaged) {
      throw isAtEnd() ? damage("damaged zip: " + damaged.getMessage()) : damaged(damaged);
    }
  }

  /** Tells a stored member that is cut from one that is damaged: the zip calls both damaged. */
  private boolean isAtEnd() throws IOException {
    return raw.read() < 0;
  }

  private InvalidEventsException damaged(Exception reason) {
    return fault("damaged zip: " + reason.getMessage());
  }

  @Override
  public byte[] take(int length) throws IOException, InvalidEventsException {
    byte[] bytes = new byte[length];
    int count = read(bytes, length);
    if (count < length) {
      throw fault(Text.format("cut inside the header: expected %d bytes, found %d", length, count));
    }
    return bytes;
  }

  /**
   * Reads from the current member, which may be cut.
   *
   * @return bytes that were there, fewer than asked for only where the member or the file ends
   */
  int readUpTo(byte[] bytes, int length) throws IOException, InvalidEventsException {
    int count = 0;
    try {
      int got = 0;
      while (count < length && got >= 0) {
        got = zip.read(bytes, count, length - count);
        count += Math.max(0, got);
      }
    } catch (EOFException end) {
      return count;
    } catch (ZipException damaged) {
      if (!isAtEnd()) {
        throw damaged(damaged);
      }
    }
    return count;
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
      throw damaged(damaged);
    }
  }

  /** A fault of the current member, or of the zip as a whole. */
  @Override
  public InvalidEventsException fault(String what) {
    return raw.fault(raw.offset(), place() + what);
  }

  /** From here on the current member is damaged. */
  DamagedEventsException damage(String what) {
    return raw.damage(raw.offset(), place() + what);
  }

  private String place() {
    return name.isEmpty() ? "" : Text.format("member '%s': ", name);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
