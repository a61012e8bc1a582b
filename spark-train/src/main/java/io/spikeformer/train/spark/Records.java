package io.spikeformer.train.spark;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.train.CheckpointStore;
import io.spikeformer.train.EpochMetrics;
import io.spikeformer.train.OutputFolder;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Snapshots;
import io.spikeformer.train.TrainingState;
import java.util.List;

/**
 * What a training writes and whom it tells.
 *
 * @param output metrics and the finished model
 * @param store checkpoints
 * @param snapshots makes checkpoints of states
 * @param progress listener
 */
record Records(OutputFolder output, CheckpointStore store, Snapshots snapshots, Progress progress) {
  /** Writes a checkpoint and returns its location. */
  String save(TrainingState state, TrainingPosition position, List<EpochMetrics> history) {
    progress.checkpointBegins(state.step());
    String file = store.save(snapshots.of(state, position, history)).toString();
    progress.checkpointWritten(file);
    return file;
  }

  /** Replaces the metrics file by the history, which the last checkpoint also holds. */
  void writeMetrics(List<EpochMetrics> history) {
    output.writeMetrics(history.stream().map(EpochMetrics::toJson).toList());
  }

  /** Writes the finished model. */
  TrainingResult finish(
      TrainingState state, TrainingPosition position, List<EpochMetrics> history) {
    Checkpoint last = snapshots.of(state, position, history);
    String model = output.writeModel(last).toString();
    progress.finished(model);
    return new TrainingResult(model, last, history);
  }
}
