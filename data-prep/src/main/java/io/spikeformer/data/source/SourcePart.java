package io.spikeformer.data.source;

import java.io.Serializable;
import java.util.List;

/**
 * A piece of a raw dataset that one task reads. A plain class, not a record: Kryo 4 carries it to
 * the tasks and cannot fill records.
 */
public final class SourcePart implements Serializable {
  private static final long serialVersionUID = 1;

  private final String location;
  private final String prefix;
  private final String[] keys;
  private final long[] sizes;

  private SourcePart(String location, String prefix, String[] keys, long[] sizes) {
    this.location = location;
    this.prefix = prefix;
    this.keys = keys;
    this.sizes = sizes;
  }

  /** Files of a folder, by key, with their sizes in bytes. */
  static SourcePart files(String folder, List<String> keys, List<Long> sizes) {
    return new SourcePart(
        folder,
        "",
        keys.toArray(new String[0]),
        sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** All entries of an archive below a prefix, which is empty or ends with a slash. */
  static SourcePart archive(String archive, String prefix) {
    return new SourcePart(archive, prefix, new String[0], new long[0]);
  }

  /** URI of the folder or archive. */
  String location() {
    return location;
  }

  /** What stands before the keys inside an archive. */
  String prefix() {
    return prefix;
  }

  /** Number of files to read; 0 for a whole archive. */
  int files() {
    return keys.length;
  }

  /** {@code class/file} of one file. */
  String key(int file) {
    return keys[file];
  }

  /** Bytes of one file, as listed. */
  long size(int file) {
    return sizes[file];
  }
}
