package io.spikeformer.data.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;

/** A file on a Hadoop file system as a channel, for libraries that read archives from one. */
final class SeekableFile implements SeekableByteChannel {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FSDataInputStream file;
  private final long size;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long position;
  private boolean open = true;

  SeekableFile(FSDataInputStream file, long size) {
    this.file = file;
    this.size = size;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!open) {
      throw new ClosedChannelException();
    }
    if (position >= size) {
      return -1;
    }
    if (file.getPos() != position) {
      file.seek(position);
    }
    int count = file.read(buffer, 0, Math.min(target.remaining(), buffer.length));
    if (count > 0) {
      target.put(buffer, 0, count);
      position += count;
    }
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    try {
      file.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }
}
