package io.spikeformer.data.files;

import io.spikeformer.data.Storage;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The files below a folder. */
record FolderFiles(Storage storage, Path root) implements DatasetFiles {
  @Override
  public List<Place> list(String folder) {
    return storage.list(path(folder)).stream()
        .filter(FileStatus::isFile)
        .filter(status -> !status.getPath().getName().startsWith("."))
        .map(
            status -> {
              String name = status.getPath().getName();
              return new Place(folder.isEmpty() ? name : folder + "/" + name, 0, status.getLen());
            })
        .toList();
  }

  @Override
  public List<String> deadLinks(String folder) {
    return storage.list(path(folder)).stream()
        .filter(FileStatus::isSymlink)
        .map(status -> status.getPath().getName())
        .filter(name -> !name.startsWith("."))
        .toList();
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
    return root.toString();
  }

  @Override
  public boolean isFolder() {
    return true;
  }

  @Override
  public void close() {
    // every file is closed as soon as it is read
  }

  private Path path(String relative) {
    return relative.isEmpty() ? root : Storage.child(root, relative);
  }
}
