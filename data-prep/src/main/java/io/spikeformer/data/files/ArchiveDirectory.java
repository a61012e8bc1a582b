package io.spikeformer.data.files;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The entries of an archive by path, below the folder that holds all of its files. */
final class ArchiveDirectory {
  private final String archive;
  private final TreeMap<String, Place> places = new TreeMap<>();
  private final TreeMap<String, String> rejected = new TreeMap<>();
  private final List<Rejection> outside = new ArrayList<>();

  /** Hidden entries by the folder that holds the first hidden one of their names. */
  private final Map<String, Long> hidden = new TreeMap<>();

  private String root;

  ArchiveDirectory(String archive) {
    this.archive = archive;
  }

  /**
   * Notes an entry.
   *
   * @throws UserException if there is a file of its path already
   */
  void add(Entry entry) {
    switch (entry.kind()) {
      case FOLDER -> {
        // only files are counted
      }
      case HIDDEN -> hidden.merge(visible(entry), 1L, Long::sum);
      case OUTSIDE -> outside.add(new Rejection(entry.path(), entry.reason()));
      case REJECTED -> rejected.put(entry.path(), entry.reason());
      case FILE -> addFile(entry);
    }
  }

  private void addFile(Entry entry) {
    String path = entry.path();
    if (places.put(path, new Place(path, entry.offset(), entry.size())) != null) {
      throw ambiguous(path, archive);
    }
    String folder = folder(path);
    root = root == null ? folder : common(root, folder);
  }

  /** The error of an archive that holds a path twice. */
  static UserException ambiguous(String path, String archive) {
    return new UserException(
        "ambiguous archive: expected every path once, found %s twice in %s", path, archive);
  }

  private static String visible(Entry entry) {
    List<String> names = entry.names();
    int first = 0;
    while (!EntryRule.hidden(names.get(first))) {
      first++;
    }
    return String.join("/", names.subList(0, first));
  }

  /** All files, with their whole paths in the archive. */
  List<Place> all() {
    return List.copyOf(places.values());
  }

  /** The folder that holds all files, with a slash at its end; empty if that is the archive. */
  String root() {
    return root == null || root.isEmpty() ? "" : root + "/";
  }

  /** The files directly in a folder below the root. */
  List<Place> list(String folder) {
    return directly(places, below(folder));
  }

  Optional<Place> find(String path) {
    return Optional.ofNullable(places.get(root() + path));
  }

  /** The paths below the root of files in the folders of a folder. */
  List<String> deeper(String folder) {
    String prefix = below(folder);
    return tail(places, prefix).keySet().stream()
        .filter(path -> path.indexOf('/', prefix.length()) >= 0)
        .map(path -> path.substring(root().length()))
        .toList();
  }

  /** Why entries directly in a folder below the root cannot be read, by their names. */
  SortedMap<String, String> rejected(String folder) {
    String prefix = below(folder);
    SortedMap<String, String> reasons = new TreeMap<>();
    tail(rejected, prefix)
        .forEach(
            (path, reason) -> {
              if (path.indexOf('/', prefix.length()) < 0) {
                reasons.put(path.substring(prefix.length()), reason);
              }
            });
    return reasons;
  }

  /** Entries whose paths lead out of the archive. */
  List<Rejection> outside() {
    return List.copyOf(outside);
  }

  /** The number of hidden entries in folders below the root, and in all folders above them. */
  long ignored(Collection<String> folders) {
    Set<String> looked = new HashSet<>();
    for (String folder : folders) {
      String path = folder(below(folder));
      while (looked.add(path) && !path.isEmpty()) {
        path = folder(path);
      }
    }
    return looked.stream().mapToLong(path -> hidden.getOrDefault(path, 0L)).sum();
  }

  private String below(String folder) {
    return root() + (folder.isEmpty() ? "" : folder + "/");
  }

  private static List<Place> directly(TreeMap<String, Place> entries, String prefix) {
    return tail(entries, prefix).entrySet().stream()
        .filter(entry -> entry.getKey().indexOf('/', prefix.length()) < 0)
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The entries whose paths begin with a prefix. */
  private static <T> SortedMap<String, T> tail(TreeMap<String, T> entries, String prefix) {
    return prefix.isEmpty() ? entries : entries.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  private static String folder(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** The deepest folder that holds two folders or is both. */
  private static String common(String one, String other) {
    String candidate = one;
    while (!candidate.isEmpty() && !other.equals(candidate) && !other.startsWith(candidate + "/")) {
      candidate = folder(candidate);
    }
    return candidate;
  }
}
