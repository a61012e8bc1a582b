package io.spikeformer.train.output;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.WorkerMomentsFormat;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The moments that the workers of a training keep to themselves, as a folder of one file for each
 * worker beside the checkpoint that they belong to.
 *
 * @param storage reaches the files
 * @param path the folder; it need not exist
 */
public record WorkerMomentsFolder(Storage storage, Path path) {
  private static final String EXTENSION = ".moments";

  /** The folder of a checkpoint file. */
  static WorkerMomentsFolder of(Storage storage, Path checkpoint) {
    String name = checkpoint.getName();
    int end = name.length() - CheckpointFormat.EXTENSION.length();
    return new WorkerMomentsFolder(
        storage, new Path(checkpoint.getParent(), name.substring(0, end) + EXTENSION));
  }

  /** Whether a name is that of such a folder. */
  static boolean isOne(String name) {
    return name.endsWith(EXTENSION);
  }

  /** The checkpoint file that the folder belongs to. */
  Path checkpoint() {
    String name = path.getName();
    int end = name.length() - EXTENSION.length();
    return new Path(path.getParent(), name.substring(0, end) + CheckpointFormat.EXTENSION);
  }

  /** The file of a worker, counted from 0. */
  Path file(int worker) {
    return new Path(path, Text.format("worker-%05d%s", worker, WorkerMomentsFormat.EXTENSION));
  }

  /** Writes a worker's moments, whole or not at all, and returns the file's checksum. */
  public long write(int worker, float[] moments) {
    long[] checksum = new long[1];
    storage.write(file(worker), out -> checksum[0] = WorkerMomentsFormat.write(moments, out));
    return checksum[0];
  }

  /**
   * Reads a worker's moments.
   *
   * @param checksum as {@link #write} returned it
   * @throws UserException if they are damaged, with what to do
   */
  public float[] read(int worker, long checksum) {
    Path file = file(worker);
    FileStatus status = storage.status(file).orElseThrow(() -> missing(worker));
    try (InputStream in = storage.open(file)) {
      return WorkerMomentsFormat.read(in, status.getLen(), checksum, file.toString());
    } catch (StorageException unreachable) {
      throw unreachable;
    } catch (UserException damaged) {
      throw new UserException(
          damaged,
          "%s; delete %s to use the one before",
          damaged.getMessage(),
          checkpoint().getName());
    } catch (IOException e) {
      throw new StorageException(e, "checkpoint %s: cannot be read: %s", file, e.getMessage());
    }
  }

  /**
   * Requires that there is a file for each worker.
   *
   * @throws UserException if one is missing
   */
  void requireFiles(int workers) {
    for (int worker = 0; worker < workers; worker++) {
      if (!storage.exists(file(worker))) {
        throw missing(worker);
      }
    }
  }

  private UserException missing(int worker) {
    return new UserException(
        "checkpoint %s is damaged: expected the workers' moments beside it, found no %s",
        checkpoint(), file(worker).getName());
  }

  /** Deletes the folder if there is one. */
  void delete() {
    if (storage.exists(path)) {
      storage.list(path).forEach(file -> storage.delete(file.getPath()));
      storage.delete(path);
    }
  }
}
