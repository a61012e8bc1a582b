package io.spikeformer.data.files;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/** A buffered stream that seeks over what is skipped, where the file system can. */
final class SeekingStream extends InputStream {
  /** Small enough that a header costs little, large enough for neighbouring ones. */
  private static final int BUFFER_BYTES = 1 << 13;

  private final FSDataInputStream file;
  private final long end;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long bufferStart;
  private int bufferBytes;
  private long position;
  private long marked;

  SeekingStream(FSDataInputStream file, long length) {
    this(file, 0, length);
  }

  private SeekingStream(FSDataInputStream file, long position, long end) {
    this.file = file;
    this.position = position;
    this.end = end;
  }

  /** A piece of the same file, read on its own: this stream stays where it is. */
  SeekingStream window(long offset, long length) {
    return new SeekingStream(file, offset, offset + length);
  }

  /** Where the next byte is read. */
  long position() {
    return position;
  }

  /** Where the file, or the piece of it, ends. */
  long end() {
    return end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    long inBuffer = position - bufferStart;
    if (inBuffer < 0 || inBuffer >= bufferBytes) {
      if (!fill()) {
        return -1;
      }
      inBuffer = 0;
    }
    int copied = (int) Math.min(Math.min(count, end - position), bufferBytes - inBuffer);
    System.arraycopy(buffer, (int) inBuffer, target, offset, copied);
    position += copied;
    return copied;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, end - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, end - position);
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public void mark(int limit) {
    marked = position;
  }

  @Override
  public void reset() {
    position = marked;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private boolean fill() throws IOException {
    if (file.getPos() != position) {
      file.seek(position);
    }
    bufferStart = position;
    bufferBytes = Math.max(0, file.read(buffer, 0, buffer.length));
    return bufferBytes > 0;
  }
}
