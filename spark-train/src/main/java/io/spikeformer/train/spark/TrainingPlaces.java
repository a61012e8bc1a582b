package io.spikeformer.train.spark;

import io.spikeformer.common.Text;

/**
 * Where a training reads and writes: paths or URIs that Hadoop reaches.
 *
 * @param train prepared training split
 * @param validation prepared validation split, or null for no validation
 * @param output folder of checkpoints, metrics and the finished model
 */
public record TrainingPlaces(String train, String validation, String output) {
  /** Validates that the required places are given. */
  public TrainingPlaces {
    if (train == null || train.isBlank() || output == null || output.isBlank()) {
      throw new IllegalArgumentException(
          Text.format(
              "training places: expected a training split and an output folder, found %s and %s",
              train, output));
    }
  }
}
