package io.spikeformer.model.config;

import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The parts of a network that training leaves as they are.
 *
 * @param stages stages of the backbone, counted from the images, whose tensors stay; what lies in
 *     front of the first one stays with it
 * @param normalisation the statistics of batch normalisation behind those stages
 */
public record FrozenParts(int stages, Normalisation normalisation) {
  /** Everything is trained. */
  public static final FrozenParts NONE = new FrozenParts(0, Normalisation.NONE);

  /** The statistics that normalise in training. */
  public enum Normalisation {
    /** Nothing is frozen: those of the minibatch normalise, and the running ones follow them. */
    NONE("none"),
    /** The running ones normalise and stay; scale and shift are trained. */
    STATISTICS("statistics");

    private final String label;

    Normalisation(String label) {
      this.label = label;
    }

    /** The name in recipes. */
    public String label() {
      return label;
    }

    /**
     * Finds a choice by its label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Normalisation of(String label) {
      return Labels.find("freeze normalisation", values(), Normalisation::label, label);
    }
  }

  /** Checks the number of stages. */
  public FrozenParts {
    Check.that(stages >= 0, "freeze stages: expected >= 0, found %s", stages);
  }

  /**
   * The names of the blocks that stay whole.
   *
   * @throws IllegalArgumentException if the network has fewer stages
   */
  public Set<String> blocks(NetworkConfig network) {
    List<BlockSpec> blocks = network.blocks();
    int most = blocks.stream().mapToInt(BlockSpec::stage).max().orElse(0);
    Check.that(
        stages <= most,
        "freeze stages: expected 0 to %s for model %s, found %s",
        most,
        network.name(),
        stages);
    int end = 0;
    for (int i = 0; i < blocks.size(); i++) {
      int stage = blocks.get(i).stage();
      end = stage > 0 && stage <= stages ? i + 1 : end;
    }
    Set<String> names = new LinkedHashSet<>();
    blocks.subList(0, end).forEach(block -> names.add(block.name()));
    return names;
  }
}
