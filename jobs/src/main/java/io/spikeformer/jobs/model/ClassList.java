package io.spikeformer.jobs.model;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.TextFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Names of classes in the order of their labels, from where a user has them. */
final class ClassList {
  private static final int MAX_BYTES = 16 << 20;

  private ClassList() {}

  /**
   * Reads the names of shards, or the lines of a text file.
   *
   * @param place URI or path
   * @throws io.spikeformer.data.storage.UserException if shards or text cannot be read
   * @throws UserException in one line, if there is nothing, or a line is blank or there twice
   */
  static List<String> read(String place, Storage storage) {
    Path path = Storage.path(place);
    FileStatus status =
        storage
            .status(path)
            .orElseThrow(
                () ->
                    new UserException(
                        "--classes-of %s: expected shards, or a text file with a name a line,"
                            + " found nothing",
                        place));
    if (status.isDirectory()) {
      return ManifestFormat.read(storage, path).classes();
    }
    List<String> names =
        TextFile.read(storage, path, MAX_BYTES).lines().stream().map(String::strip).toList();
    Map<String, Integer> lines = new HashMap<>();
    for (int line = 1; line <= names.size(); line++) {
      String name = names.get(line - 1);
      Integer earlier = lines.put(name, line);
      if (name.isEmpty() || earlier != null) {
        throw new UserException(
            "--classes-of %s: expected a name of its own in every line, found %s in line %s",
            place,
            name.isEmpty() ? "none" : Text.format("%s of line %s again", name, earlier),
            line);
      }
    }
    return names;
  }
}
