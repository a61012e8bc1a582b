package io.spikeformer.data.spark;

import java.io.Serializable;

/**
 * An input file on its way to its shard. A plain class, not a record: Kryo 4 cannot fill records.
 */
final class RawFile implements Serializable {
  private static final long serialVersionUID = 1;

  private final byte[] bytes;
  private final long size;

  private RawFile(byte[] bytes, long size) {
    this.bytes = bytes;
    this.size = size;
  }

  static RawFile of(byte[] bytes) {
    return new RawFile(bytes, bytes.length);
  }

  /** A file that was too large to be read. */
  static RawFile unread(long size) {
    return new RawFile(null, size);
  }

  boolean isUnread() {
    return bytes == null;
  }

  /** The content; not copied. */
  byte[] bytes() {
    return bytes;
  }

  /** Size of the file, in bytes. */
  long size() {
    return size;
  }
}
