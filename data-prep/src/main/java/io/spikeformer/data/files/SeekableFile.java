package io.spikeformer.data.files;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A file on a Hadoop file system as a channel, for libraries that read archives from one. It keeps
 * the storage's own failure apart from what those libraries make of it.
 */
final class SeekableFile implements SeekableByteChannel {
  private static final int BUFFER_BYTES = 1 << 16;

  private final FSDataInputStream file;
  private final long size;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long position;
  private boolean open = true;
  private IOException failure;

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
    failure = null;
    int count;
    try {
      if (file.getPos() != position) {
        file.seek(position);
      }
      count = file.read(buffer, 0, Math.min(target.remaining(), buffer.length));
    } catch (IOException unread) {
      failure = unread;
      throw unread;
    }
    if (count > 0) {
      target.put(buffer, 0, count);
      position += count;
    }
    return count;
  }

  /** The answer of the storage instead of bytes; empty if it delivered the last ones. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * The error of a .zip file that could not be listed: the storage's own, or else damage.
   *
   * @param archive its place
   * @param found what the library says of it
   */
  UserException unusable(Path archive, Exception found) {
    return failure == null
        ? ArchiveForm.ZIP.damaged(archive, found)
        : Storage.unreadable(archive, failure);
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
