package io.spikeformer.data.segmentation;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Storage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The files of a raw dataset by paths relative to its folder: in a folder or in an archive. */
public interface DatasetFiles {
  /** Largest list of names that is read. */
  int MAX_LIST_BYTES = 16 << 20;

  /** Names of the files directly in a folder, none if there is no such folder. */
  List<String> names(String folder);

  /** A small text file in UTF-8, empty if there is none. */
  Optional<String> text(String path);

  /** What messages call this dataset. */
  String name();

  /** The names in a folder, at least one. */
  default List<String> requireNames(String folder) {
    List<String> names = names(folder);
    if (names.isEmpty()) {
      throw new DataException(
          "%s: expected files in %s, found none; give the folder that holds it"
              .formatted(name(), folder));
    }
    return names;
  }

  /** A small text file that has to be there. */
  default String requireText(String path) {
    return text(path)
        .orElseThrow(
            () ->
                new DataException(
                    "%s: expected the file %s, found none; give the folder that holds it"
                        .formatted(name(), path)));
  }

  /** The files below a folder on any Hadoop file system. */
  static DatasetFiles folder(Storage storage, Path root) {
    return new DatasetFiles() {
      @Override
      public List<String> names(String folder) {
        return storage.list(new Path(root, folder)).stream()
            .filter(FileStatus::isFile)
            .map(status -> status.getPath().getName())
            .filter(name -> !name.startsWith("."))
            .toList();
      }

      @Override
      public Optional<String> text(String path) {
        Path file = new Path(root, path);
        return storage.exists(file)
            ? Optional.of(storage.readText(file, MAX_LIST_BYTES))
            : Optional.empty();
      }

      @Override
      public String name() {
        return root.toString();
      }
    };
  }
}
