package io.spikeformer.train;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.checkpoint.TrainingVectors;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes checkpoints of one training's states.
 *
 * @param recipe the training's recipe
 * @param data identity of what it learns from, as text
 * @param modelLength values of parameters and statistics together
 * @param classes names of the classes that it learns, in the order of their labels
 */
public record Snapshots(Recipe recipe, String data, int modelLength, List<String> classes) {
  /**
   * A checkpoint of a state at a position.
   *
   * @param workerMoments checksums of the files with the workers' own moments and rests; empty if
   *     they keep nothing, and for a finished training
   */
  public Checkpoint of(
      TrainingState state,
      TrainingPosition position,
      List<EpochMetrics> history,
      List<Long> workerMoments) {
    List<float[]> moments = new ArrayList<>();
    for (int from = modelLength; from < state.values().length; from += modelLength) {
      moments.add(Arrays.copyOfRange(state.values(), from, from + modelLength));
    }
    return new Checkpoint(
        recipe.model().toConfig(),
        classes,
        position,
        recipe.toYaml(),
        data,
        history.stream().map(EpochMetrics::toJson).toList(),
        model(state),
        new TrainingVectors(moments, state.outer(), state.rest(), workerMoments),
        null);
  }

  /** Parameters and statistics alone. */
  public float[] model(TrainingState state) {
    return Arrays.copyOf(state.values(), modelLength);
  }
}
