package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that knows how many bytes have been taken from it. */
final class CountingStream extends FilterInputStream {
  private final String file;
  private long offset;

  CountingStream(InputStream stream, String file) {
    super(stream);
    this.file = file;
  }

  long offset() {
    return offset;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      offset++;
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int count = in.read(bytes, from, length);
    if (count > 0) {
      offset += count;
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = in.skip(count);
    offset += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Fills part of an array, or says what was cut and where it began. */
  void readFully(byte[] bytes, int length, String what) throws IOException, InvalidEventsException {
    long start = offset;
    int count = readNBytes(bytes, 0, length);
    if (count < length) {
      throw truncated(start, what, length, count);
    }
  }

  /** Passes over bytes, or says what was cut and where it began. */
  void skipFully(long length, String what) throws IOException, InvalidEventsException {
    long start = offset;
    try {
      skipNBytes(length);
    } catch (EOFException end) {
      throw truncated(start, what, length, offset - start);
    }
  }

  /** A fault of this file at a byte. */
  InvalidEventsException fault(long at, String what) {
    return InvalidEventsException.at(file, at, what);
  }

  /** From a byte on this file is damaged. */
  DamagedEventsException damage(long at, String what) {
    return new DamagedEventsException(InvalidEventsException.place(file, at) + what);
  }

  private DamagedEventsException truncated(long start, String what, long expected, long found) {
    return damage(
        start,
        Text.format("file is cut inside %s: expected %d bytes, found %d", what, expected, found));
  }
}
