package io.spikeformer.train.spark;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.output.EpochMetrics;
import java.util.List;

/**
 * A finished training.
 *
 * @param model location of the finished model's file
 * @param checkpoint the finished model with its optimizer moments and position
 * @param history one entry per epoch
 */
public record TrainingResult(String model, Checkpoint checkpoint, List<EpochMetrics> history) {
  /** Takes a copy of the list. */
  public TrainingResult {
    history = List.copyOf(history);
  }
}
