package io.spikeformer.data.files;

import io.spikeformer.data.storage.Storage;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The files below a folder; a store is asked once for what lies in one. */
final class FolderFiles implements DatasetFiles {
  private final Storage storage;
  private final Path place;
  private final Map<String, List<FileStatus>> listed = new HashMap<>();

  FolderFiles(Storage storage, Path place) {
    this.storage = storage;
    this.place = place;
  }

  @Override
  public List<Place> list(String folder) {
    return entries(folder)
        .filter(entry -> entry.kind() == Entry.Kind.FILE)
        .map(entry -> new Place(entry.path(), 0, entry.size()))
        .toList();
  }

  @Override
  public List<String> deeper(String folder) {
    List<String> paths = new ArrayList<>();
    entries(folder)
        .filter(entry -> entry.kind() == Entry.Kind.FOLDER)
        .forEach(
            entry ->
                new FolderWalk(
                        storage,
                        inner -> {
                          if (inner.kind() == Entry.Kind.FILE) {
                            paths.add(inner.path());
                          }
                        })
                    .below(path(entry.path()), entry.path() + "/"));
    return paths;
  }

  @Override
  public SortedMap<String, String> rejected(String folder) {
    SortedMap<String, String> reasons = new TreeMap<>();
    entries(folder)
        .filter(entry -> entry.kind() == Entry.Kind.REJECTED)
        .forEach(entry -> reasons.put(entry.name(), entry.reason()));
    return reasons;
  }

  @Override
  public long ignored(Collection<String> folders) {
    TreeSet<String> looked = new TreeSet<>();
    for (String folder : folders) {
      String path = folder;
      while (looked.add(path) && !path.isEmpty()) {
        path = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      }
    }
    return looked.stream()
        .flatMap(folder -> listing(folder).stream())
        .filter(status -> EntryRule.hidden(status.getPath().getName()))
        .mapToLong(status -> FolderWalk.count(storage, status))
        .sum();
  }

  @Override
  public Optional<Place> find(String path) {
    return storage.status(path(path)).map(status -> new Place(path, 0, status.getLen()));
  }

  @Override
  public InputStream open(Place place) {
    return storage.open(path(place.path()));
  }

  @Override
  public String name() {
    return place.toString();
  }

  @Override
  public boolean isFolder() {
    return true;
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
    listed.clear();
  }

  private Stream<Entry> entries(String folder) {
    return listing(folder).stream().map(status -> entry(folder, status));
  }

  private List<FileStatus> listing(String folder) {
    return listed.computeIfAbsent(folder, unlisted -> storage.list(path(unlisted)));
  }

  private static Entry entry(String folder, FileStatus status) {
    String name = status.getPath().getName();
    return EntryRule.of(folder.isEmpty() ? name : folder + "/" + name, status);
  }

  private Path path(String relative) {
    return relative.isEmpty() ? place : Storage.child(place, relative);
  }
}
