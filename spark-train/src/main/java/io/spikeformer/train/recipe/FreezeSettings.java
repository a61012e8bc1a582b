package io.spikeformer.train.recipe;

import io.spikeformer.model.config.FrozenParts;

/**
 * The recipe's parts that training leaves as they are.
 *
 * @param stages stages of the backbone, from the first one, that are not trained
 * @param normalisation none, or statistics: batch normalisation uses its running statistics, which
 *     stay
 */
public record FreezeSettings(int stages, String normalisation) {
  /** Validates what does not depend on the model. */
  public FreezeSettings {
    new FrozenParts(stages, FrozenParts.Normalisation.of(normalisation));
  }

  /** The parts. */
  public FrozenParts toFrozenParts() {
    return new FrozenParts(stages, FrozenParts.Normalisation.of(normalisation));
  }
}
