package io.spikeformer.eval.spark;

import io.spikeformer.data.storage.Storage;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of an evaluation's predictions. Of what lies there, only files under the names of
 * {@link PredictionFile} and the unfinished ones of killed runs are ever deleted.
 */
public final class PredictionFolder {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionFolder.class);
  private static final Pattern OWN =
      Pattern.compile(
          "part-\\d{5,}\\.parquet|\\.unfinished-part-\\d{5,}\\.parquet-[-0-9a-fA-F]{36}");

  private PredictionFolder() {}

  /**
   * Deletes the predictions of earlier evaluations, if there are any.
   *
   * @throws io.spikeformer.data.storage.UserException if one cannot be deleted
   */
  public static void clear(Storage storage, Path folder) {
    own(storage, folder).forEach(storage::delete);
  }

  /**
   * Moves the predictions of one folder into another in the place of those that lie there.
   *
   * @throws io.spikeformer.data.storage.UserException if one cannot be deleted or moved
   */
  public static void replace(Storage storage, Path from, Path to) {
    clear(storage, to);
    for (Path file : own(storage, from)) {
      storage.move(file, new Path(to, file.getName()));
    }
    if (storage.list(from).isEmpty()) {
      storage.delete(from);
    }
  }

  /** Deletes what interrupted tasks have left; a failure is logged, for the result is there. */
  static void discardUnfinished(Storage storage, Path folder) {
    try {
      own(storage, folder).stream()
          .filter(file -> Storage.isUnfinished(file.getName()))
          .forEach(storage::delete);
    } catch (RuntimeException failure) {
      LOG.warn("unfinished predictions are left in {}: {}", folder, failure.getMessage());
    }
  }

  private static List<Path> own(Storage storage, Path folder) {
    return storage.list(folder).stream()
        .filter(FileStatus::isFile)
        .map(FileStatus::getPath)
        .filter(path -> OWN.matcher(path.getName()).matches())
        .toList();
  }
}
