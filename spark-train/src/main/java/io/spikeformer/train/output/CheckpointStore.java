package io.spikeformer.train.output;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.NewerVersionException;
import io.spikeformer.model.checkpoint.TrainingPosition;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one training: files {@code epoch-NNNNN-round-NNNNNN.spkf} in a folder, where
 * the numbers count what is finished. Each is written whole or not at all.
 */
public final class CheckpointStore {
  private static final Pattern NAME = Pattern.compile("epoch-\\d{5}-round-\\d{6}\\.spkf");

  private final Storage storage;
  private final Path folder;
  private final int keep;

  /**
   * A store; the folder need not exist.
   *
   * @param storage reaches the files
   * @param folder where they lie
   * @param keep newest checkpoints that stay, &gt;= 1
   */
  public CheckpointStore(Storage storage, Path folder, int keep) {
    this.storage = storage;
    this.folder = folder;
    this.keep = keep;
  }

  /** A checkpoint and the file it came from. */
  public record Stored(Path file, Checkpoint checkpoint) {}

  /** Writes a checkpoint, then deletes those that are too old. */
  public Path save(Checkpoint checkpoint) {
    Path file = file(checkpoint.position());
    storage.write(file, out -> CheckpointFormat.write(checkpoint, out));
    List<Path> files = files();
    for (Path old : files.subList(0, Math.max(0, files.size() - keep))) {
      storage.delete(old);
      WorkerMomentsFolder.of(storage, old).delete();
    }
    return file;
  }

  private Path file(TrainingPosition position) {
    return new Path(
        folder,
        Text.format(
            "epoch-%05d-round-%06d%s",
            position.epoch(), position.round(), CheckpointFormat.EXTENSION));
  }

  /** Where the moments lie that the workers keep to themselves, for a checkpoint at a position. */
  public WorkerMomentsFolder workerMoments(TrainingPosition position) {
    return WorkerMomentsFolder.of(storage, file(position));
  }

  /** The files, oldest first, whole or not. */
  public List<Path> files() {
    return storage.list(folder).stream()
        .map(FileStatus::getPath)
        .filter(path -> NAME.matcher(path.getName()).matches())
        .toList();
  }

  /** Deletes what a run that was killed while writing has left behind. */
  public void discardUnfinished() {
    storage.list(folder).stream()
        .map(FileStatus::getPath)
        .filter(path -> Storage.isUnfinished(path.getName()))
        .forEach(storage::delete);
    storage.list(folder).stream()
        .map(FileStatus::getPath)
        .filter(path -> WorkerMomentsFolder.isOne(path.getName()))
        .map(path -> new WorkerMomentsFolder(storage, path))
        .filter(moments -> !storage.exists(moments.checkpoint()))
        .forEach(WorkerMomentsFolder::delete);
  }

  /**
   * The newest whole checkpoint, or nothing if there are no files at all.
   *
   * @param warnings receives one line for each damaged file that is passed over
   * @throws NewerVersionException if a newer release has written it: the training would go back to
   *     an older one, and overwrite it
   * @throws UserException if there are files and none is whole
   */
  public Optional<Stored> newest(Consumer<String> warnings) {
    List<Path> files = files();
    for (int i = files.size() - 1; i >= 0; i--) {
      try {
        Checkpoint checkpoint = read(storage, files.get(i));
        WorkerMomentsFolder.of(storage, files.get(i))
            .requireFiles(checkpoint.workerMoments().size());
        return Optional.of(new Stored(files.get(i), checkpoint));
      } catch (NewerVersionException | StorageException other) {
        throw other;
      } catch (UserException damaged) {
        warnings.accept(
            damaged.getMessage()
                + (i > 0 ? "; using the one before, " + files.get(i - 1).getName() : ""));
      }
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    throw new UserException(
        "checkpoints in %s: expected a whole one, found %s damaged; train again into another"
            + " folder",
        folder, files.size());
  }

  /**
   * Reads one file.
   *
   * @throws UserException if it is damaged, of a newer version or not a checkpoint
   */
  static Checkpoint read(Storage storage, Path file) {
    FileStatus status =
        storage
            .status(file)
            .orElseThrow(() -> new UserException("checkpoint %s: no such file", file));
    try (InputStream in = storage.open(file)) {
      return CheckpointFormat.read(in, status.getLen(), file.toString());
    } catch (IOException e) {
      throw new StorageException(e, "checkpoint %s: cannot be read: %s", file, e.getMessage());
    }
  }
}
