package io.spikeformer.data.files;

import java.util.List;

/**
 * An entry of a folder or an archive, as {@link EntryRule} sees it.
 *
 * @param path its names, joined by single slashes; whole in an archive
 * @param kind what becomes of it
 * @param reason why it is rejected; empty for others
 * @param offset where its content begins in an uncompressed .tar file, or what else tells entries
 *     of an archive apart; 0 where nothing does
 * @param size of its content in bytes
 */
public record Entry(String path, Kind kind, String reason, long offset, long size) {
  /** How an entry is treated. */
  public enum Kind {
    /** Its content can be read. */
    FILE,
    /** A folder, which is counted nowhere. */
    FOLDER,
    /** A file that an operating system left behind: ignored. */
    HIDDEN,
    /** It cannot be read: rejected with a reason. */
    REJECTED,
    /** Its path leads out of the archive: rejected, whatever place it claims. */
    OUTSIDE
  }

  /** The names on the way to it, its own the last. */
  public List<String> names() {
    return List.of(path.split("/"));
  }

  /** The last of its names. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The same entry at another offset. */
  Entry at(long place) {
    return new Entry(path, kind, reason, place, size);
  }

  /** The same entry, of an archive that is itself an entry of another. */
  public Entry inside(String archive) {
    return new Entry(archive + "/" + path, kind, reason, offset, size);
  }
}
