package io.spikeformer.data.source;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * The checked path of an archive entry.
 *
 * @param names folder names and the entry's own, without empty parts and leading dots
 * @param kind what the entry is
 */
record ArchivePath(List<String> names, Kind kind) {
  private static final int CLASS_AND_FILE = 2;

  enum Kind {
    FILE,
    FOLDER,
    /** A link or a device. */
    SPECIAL,
    /** A path that leads out of the archive. */
    UNSAFE
  }

  static ArchivePath of(TarArchiveEntry entry) {
    String path = entry.getName();
    List<String> names =
        Arrays.stream(path.split("/")).filter(n -> !n.isEmpty() && !n.equals(".")).toList();
    if (path.startsWith("/") || names.contains("..") || path.indexOf('\0') >= 0) {
      return new ArchivePath(names, Kind.UNSAFE);
    }
    if (entry.isDirectory()) {
      return new ArchivePath(names, Kind.FOLDER);
    }
    boolean link = entry.isSymbolicLink() || entry.isLink();
    return new ArchivePath(names, entry.isFile() && !link ? Kind.FILE : Kind.SPECIAL);
  }

  /** Whether this lies below a prefix, which is empty or {@code split/}. */
  boolean below(String prefix) {
    return prefix.isEmpty()
        || (names.size() > 1 && names.get(0).equals(prefix.substring(0, prefix.length() - 1)));
  }

  /** The names after the prefix. */
  List<String> after(String prefix) {
    return prefix.isEmpty() ? names : names.subList(1, names.size());
  }

  boolean isHidden() {
    return names.stream().anyMatch(HiddenFiles::matches);
  }

  /** Whether this is a file at {@code prefix class/file}. */
  boolean isSample(String prefix) {
    return kind == Kind.FILE
        && below(prefix)
        && after(prefix).size() == CLASS_AND_FILE
        && !isHidden();
  }

  /** The entry's own name. */
  String last() {
    return names.get(names.size() - 1);
  }

  /** {@code class/file}. */
  String key(String prefix) {
    return String.join("/", after(prefix));
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
