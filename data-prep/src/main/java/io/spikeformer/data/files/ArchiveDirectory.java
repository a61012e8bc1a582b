package io.spikeformer.data.files;

import io.spikeformer.data.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files of an archive by path, below the folder that holds all of them. */
final class ArchiveDirectory {
  private final String archive;
  private final TreeMap<String, Place> places = new TreeMap<>();
  private String root;

  ArchiveDirectory(String archive) {
    this.archive = archive;
  }

  /**
   * Notes a file.
   *
   * @param name of its entry
   * @param offset where reading it begins
   * @param size of its content
   * @throws DataException if the name leads out of the archive or is there twice
   */
  void add(String name, long offset, long size) {
    List<String> names =
        Arrays.stream(name.split("/")).filter(n -> !n.isEmpty() && !n.equals(".")).toList();
    boolean leads = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0;
    if (leads || names.isEmpty() || names.contains("..")) {
      throw new DataException(
          "unsafe archive: expected paths inside it, found '%s' in %s; get the archive again"
              .formatted(name.replace('\0', '?'), archive));
    }
    if (names.contains("__MACOSX") || names.get(names.size() - 1).startsWith(".")) {
      return;
    }
    String path = String.join("/", names);
    if (places.put(path, new Place(path, offset, size)) != null) {
      throw new DataException(
          "ambiguous archive: expected every path once, found %s twice in %s"
              .formatted(path, archive));
    }
    String folder = folder(path);
    root = root == null ? folder : common(root, folder);
  }

  /** All files, with their whole paths in the archive. */
  List<Place> all() {
    return List.copyOf(places.values());
  }

  /** The files directly in a folder below the root. */
  List<Place> list(String folder) {
    String prefix = prefix() + (folder.isEmpty() ? "" : folder + "/");
    List<Place> found = new ArrayList<>();
    for (Map.Entry<String, Place> entry : places.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      if (entry.getKey().indexOf('/', prefix.length()) < 0) {
        found.add(entry.getValue());
      }
    }
    return found;
  }

  Optional<Place> find(String path) {
    return Optional.ofNullable(places.get(prefix() + path));
  }

  private String prefix() {
    return root == null || root.isEmpty() ? "" : root + "/";
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
