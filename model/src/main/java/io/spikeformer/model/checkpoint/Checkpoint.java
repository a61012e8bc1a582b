package io.spikeformer.model.checkpoint;

import io.spikeformer.model.NetworkConfig;
import java.util.List;

/**
 * A model and where its training stands.
 *
 * @param config architecture
 * @param position epoch, round and step
 * @param recipe the whole recipe of the training as text, or empty
 * @param data what identifies the training data, or empty
 * @param history one JSON object per finished epoch
 * @param state parameters and statistics, in the order of the model's layout
 * @param moments optimizer moments, each as long as the state; empty for a model that is not to be
 *     trained on
 */
public record Checkpoint(
    NetworkConfig config,
    TrainingPosition position,
    String recipe,
    String data,
    List<String> history,
    float[] state,
    List<float[]> moments) {

  /** Validates that every vector has one length. */
  public Checkpoint {
    history = List.copyOf(history);
    moments = List.copyOf(moments);
    for (float[] moment : moments) {
      if (moment.length != state.length) {
        throw new IllegalArgumentException(
            "checkpoint moments: expected "
                + state.length
                + " elements as in the state, found "
                + moment.length);
      }
    }
  }

  /** The same model without what only training needs. */
  public Checkpoint withoutMoments() {
    return new Checkpoint(config, position, recipe, data, history, state, List.of());
  }
}
