package io.spikeformer.data.source;

import io.spikeformer.data.files.Place;
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
  private final String[] names;
  private final long[] offsets;
  private final long[] sizes;
  private final byte[][] truths;

  /**
   * One file of a part.
   *
   * @param key of its sample
   * @param name its path inside the location
   * @param offset of its first byte in the location's file; 0 for a file of its own
   * @param size in bytes
   * @param truth its truth, as its dataset writes it; not copied
   */
  public record Item(String key, String name, long offset, long size, byte[] truth) {
    /** A file without further knowledge. */
    public Item(String key, String name, long offset, long size) {
      this(key, name, offset, size, new byte[0]);
    }

    /** Where the file lies. */
    Place place() {
      return new Place(name, offset, size);
    }
  }

  private SourcePart(
      String location,
      String prefix,
      String[] keys,
      String[] names,
      long[] offsets,
      long[] sizes,
      byte[][] truths) {
    this.location = location;
    this.prefix = prefix;
    this.keys = keys;
    this.names = names;
    this.offsets = offsets;
    this.sizes = sizes;
    this.truths = truths;
  }

  /**
   * Files of a folder, or of an archive.
   *
   * @param location of the folder or archive
   * @param prefix of their names that is told of the whole split; empty if nothing is
   * @param items the files
   */
  public static SourcePart of(String location, String prefix, List<Item> items) {
    return new SourcePart(
        location,
        prefix,
        items.stream().map(Item::key).toArray(String[]::new),
        items.stream().map(Item::name).toArray(String[]::new),
        items.stream().mapToLong(Item::offset).toArray(),
        items.stream().mapToLong(Item::size).toArray(),
        items.stream().map(Item::truth).toArray(byte[][]::new));
  }

  /** All entries of an archive below a prefix, which is empty or ends with a slash. */
  static SourcePart archive(String archive, String prefix) {
    return new SourcePart(
        archive, prefix, new String[0], new String[0], new long[0], new long[0], new byte[0][]);
  }

  /** URI of the folder or file. */
  public String location() {
    return location;
  }

  /** The prefix of the paths of all files. */
  public String prefix() {
    return prefix;
  }

  /** The path of a file of this part without the prefix, and without the slash of a folder. */
  String path(Item file) {
    int end = file.name().endsWith("/") ? file.name().length() - 1 : file.name().length();
    return file.name().substring(prefix.length(), end);
  }

  /** Number of files to read; 0 for a whole archive. */
  public int files() {
    return keys.length;
  }

  /** The key of one of the files. */
  public String key(int file) {
    return keys[file];
  }

  /** One of the files. */
  public Item file(int file) {
    return new Item(keys[file], names[file], offsets[file], sizes[file], truths[file]);
  }
}
