package io.spikeformer.data.output;

import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The content of a place, as far as it matters to a command that would write there. */
public enum PlaceContent {
  /** Neither file nor folder. */
  NOTHING("nothing"),
  /** A folder that holds only files of interrupted writes. */
  EMPTY_FOLDER("an empty folder"),
  /** Shards and their manifest, finished or not. */
  SPLIT("a prepared split"),
  /** A folder of prepared splits. */
  SPLITS("a folder of prepared splits"),
  /** A training, or models. */
  TRAINING("a folder of a training or a model"),
  /** The output of {@code evaluate}. */
  EVALUATION("an evaluation"),
  /** The output of {@code quickstart}. */
  QUICKSTART("a quickstart"),
  /** Label maps that {@code infer} has written. */
  LABEL_MAPS("a folder of label maps"),
  /** Detections that {@code infer} has written. */
  DETECTIONS("a folder of detections"),
  /** Any other folder. */
  OTHER_FOLDER("a folder of other files"),
  /** Neither a regular file nor a folder. */
  DEVICE("a device or a pipe"),
  /** A file of no bytes. */
  EMPTY_FILE("an empty file"),
  /** A checkpoint of this project. */
  CHECKPOINT("a checkpoint"),
  /** Weights of PyTorch or in safetensors. */
  WEIGHTS("a file of weights"),
  /** A Parquet file, as shards are. */
  PARQUET("a Parquet file"),
  /** A NumPy array. */
  ARRAY("a NumPy array"),
  /** A PNG picture. */
  PICTURE("a PNG picture"),
  /** An HTML page. */
  PAGE("an HTML page"),
  /** A file of JSON. */
  JSON("a JSON file"),
  /** Text of another kind, such as CSV. */
  TEXT("a text file"),
  /** Any other file. */
  OTHER_FILE("a file of another kind");

  /** The file in a folder of label maps that names their classes. */
  public static final String LABEL_MAPS_INDEX = "label-maps.json";

  /** The file in a folder of detections that has all of them. */
  public static final String RESULTS = "detections.json";

  private static final String MANIFEST_NOTE = "_unfinished.json";
  private static final Set<String> TRAINING_MARKS = Set.of("checkpoints", "_lock.json");
  private static final Pattern OF_TRAINING =
      Pattern.compile("recipe\\.yaml|status\\.html|(metrics|rounds.*)\\.jsonl|events\\.out\\..*");
  private static final String RESULT = "evaluation.json";
  private static final Set<String> EVALUATION_NAMES =
      Set.of(RESULT, "energy.csv", "report.html", "predictions");
  private static final Set<String> QUICKSTART_NAMES = Set.of("images", "shards", "t1", "t4");

  /** Folders in a folder that are looked into: enough to know it, few enough for a slow store. */
  private static final int FOLDERS_LOOKED_INTO = 16;

  private final String words;

  PlaceContent(String words) {
    this.words = words;
  }

  /** Its name in messages. */
  public String words() {
    return words;
  }

  /** Whether it is a folder. */
  public boolean isFolder() {
    return this != NOTHING && compareTo(OTHER_FOLDER) <= 0;
  }

  /**
   * Looks at a place.
   *
   * @throws io.spikeformer.data.storage.UserException if it cannot be looked at
   */
  public static PlaceContent of(Storage storage, Path path) {
    Optional<FileStatus> status = storage.status(path);
    if (status.isEmpty()) {
      return NOTHING;
    }
    return status.get().isDirectory()
        ? ofFolder(storage, path)
        : FileKinds.of(storage, status.get());
  }

  private static boolean isTraining(List<String> names) {
    return names.stream()
            .anyMatch(n -> TRAINING_MARKS.contains(n) || n.endsWith(FileKinds.MODEL_ENDING))
        || names.stream().allMatch(n -> OF_TRAINING.matcher(n).matches());
  }

  private static PlaceContent ofFolder(Storage storage, Path folder) {
    List<FileStatus> entries =
        storage.list(folder).stream()
            .filter(entry -> !Storage.isUnfinished(entry.getPath().getName()))
            .toList();
    List<String> names = entries.stream().map(entry -> entry.getPath().getName()).toList();
    if (names.isEmpty()) {
      return EMPTY_FOLDER;
    }
    boolean onlyList = names.equals(List.of(ShardManifest.REJECTED_FILE));
    if (names.contains(ShardManifest.FILE) || names.contains(MANIFEST_NOTE) || onlyList) {
      return SPLIT;
    }
    if (isTraining(names)) {
      return TRAINING;
    }
    if (names.contains(RESULT) || EVALUATION_NAMES.containsAll(names)) {
      return EVALUATION;
    }
    if (names.contains(LABEL_MAPS_INDEX)) {
      return LABEL_MAPS;
    }
    if (names.contains(RESULTS)) {
      return DETECTIONS;
    }
    if (QUICKSTART_NAMES.containsAll(names) || names.containsAll(QUICKSTART_NAMES)) {
      return QUICKSTART;
    }
    boolean splits =
        entries.stream()
            .filter(FileStatus::isDirectory)
            .limit(FOLDERS_LOOKED_INTO)
            .anyMatch(entry -> storage.exists(new Path(entry.getPath(), ShardManifest.FILE)));
    return splits ? SPLITS : OTHER_FOLDER;
  }
}
