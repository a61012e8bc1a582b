package io.spikeformer.data.files;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Everything below a folder, in the order of names. */
public final class FolderWalk {
  /** Folders in folders that are gone into; links may lead back. */
  private static final int MAX_DEPTH = 16;

  private final Storage storage;
  private final Consumer<Entry> visitor;

  /**
   * A walk.
   *
   * @param storage where to look
   * @param visitor is given every entry, a folder before what lies in it
   */
  public FolderWalk(Storage storage, Consumer<Entry> visitor) {
    this.storage = storage;
    this.visitor = visitor;
  }

  /**
   * Goes through a folder.
   *
   * @param folder where it begins
   * @param prefix prefix of the paths of entries: empty, or with a slash at its end
   */
  public void below(Path folder, String prefix) {
    below(folder, prefix, 0);
  }

  private void below(Path folder, String prefix, int depth) {
    if (depth > MAX_DEPTH) {
      throw new UserException(
          "folders too deep: expected at most %d in one another, found %s; delete a link that"
              + " leads back",
          MAX_DEPTH, folder);
    }
    for (FileStatus status : storage.list(folder)) {
      String path = prefix + status.getPath().getName();
      visitor.accept(EntryRule.of(path, status));
      if (status.isDirectory()) {
        below(status.getPath(), path + "/", depth + 1);
      }
    }
  }

  /** The number of files, or links that lead nowhere, in a file or below a folder. */
  public static long count(Storage storage, FileStatus entry) {
    if (!entry.isDirectory()) {
      return 1;
    }
    long[] files = {0};
    new FolderWalk(storage, e -> files[0] += e.kind() == Entry.Kind.FOLDER ? 0 : 1)
        .below(entry.getPath(), "");
    return files[0];
  }
}
