package io.spikeformer.data.source;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;

/** A buffered stream that seeks over what is skipped, where the file system can. */
final class SeekingStream extends InputStream {
  /** Small enough that a header costs little, large enough for neighbouring ones. */
  private static final int BUFFER_BYTES = 1 << 13;

  private final FSDataInputStream file;
  private final long length;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long bufferStart;
  private int bufferBytes;
  private long position;

  SeekingStream(FSDataInputStream file, long length) {
    this.file = file;
    this.length = length;
  }

  /** Where the next byte is read. */
  long position() {
    return position;
  }

  void seek(long newPosition) {
    position = newPosition;
  }

  long length() {
    return length;
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
    long inBuffer = position - bufferStart;
    if (inBuffer < 0 || inBuffer >= bufferBytes) {
      if (!fill()) {
        return -1;
      }
      inBuffer = 0;
    }
    int copied = (int) Math.min(count, bufferBytes - inBuffer);
    System.arraycopy(buffer, (int) inBuffer, target, offset, copied);
    position += copied;
    return copied;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, length - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, length - position);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private boolean fill() throws IOException {
    if (position >= length) {
      return false;
    }
    if (file.getPos() != position) {
      file.seek(position);
    }
    bufferStart = position;
    bufferBytes = Math.max(0, file.read(buffer, 0, buffer.length));
    return bufferBytes > 0;
  }
}
