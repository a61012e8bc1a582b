package io.spikeformer.train.spark;

import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Snapshots;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.OutputLock;
import io.spikeformer.train.output.StorageRetries;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * The files that a training writes and the observers that it tells. Every write is tried again
 * where the storage refuses it, and none begins after another run has taken the folder.
 *
 * @param output metrics and the finished model
 * @param store checkpoints
 * @param snapshots makes checkpoints of states
 * @param progress listener
 * @param lock of the output folder, taken
 * @param retries of the writes
 */
record Records(
    OutputFolder output,
    CheckpointStore store,
    Snapshots snapshots,
    Progress progress,
    OutputLock lock,
    StorageRetries retries) {

  /** Begins a checkpoint, and returns the folder of what the workers keep to themselves. */
  Path beginCheckpoint(TrainingPosition position) {
    progress.checkpointBegins(position.step());
    return write(() -> store.workerMoments(position).path());
  }

  /**
   * Writes a checkpoint and returns its location.
   *
   * @param kept checksums of what the workers keep to themselves
   */
  String save(
      TrainingState state,
      TrainingPosition position,
      List<EpochMetrics> history,
      List<Long> kept,
      Arithmetic arithmetic) {
    Checkpoint checkpoint = snapshots.of(state, position, history, kept).withArithmetic(arithmetic);
    String file = write(() -> store.save(checkpoint)).toString();
    progress.checkpointWritten(new Progress.Saved(file, checkpoint.stateSha256()));
    return file;
  }

  /** Replaces the metrics file by the history, which the last checkpoint also holds. */
  void writeMetrics(List<EpochMetrics> history) {
    List<String> lines = history.stream().map(EpochMetrics::toJson).toList();
    write(
        () -> {
          output.writeMetrics(lines);
          return lines;
        });
  }

  /** Writes the finished model. */
  TrainingResult finish(
      TrainingState state,
      TrainingPosition position,
      List<EpochMetrics> history,
      Arithmetic arithmetic) {
    Checkpoint last = snapshots.of(state, position, history, List.of()).withArithmetic(arithmetic);
    String model = write(() -> output.writeModel(last)).toString();
    progress.finished(new Progress.Saved(model, last.stateSha256()));
    return new TrainingResult(model, last, history);
  }

  private <T> T write(Supplier<T> action) {
    return retries.run(
        () -> {
          lock.requireHeld();
          return action.get();
        });
  }
}
