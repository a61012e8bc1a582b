package io.spikeformer.model.optim;

import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Part;

/**
 * Settings of an optimizer that differ between groups of tensors.
 *
 * @param decayOn which tensors are decayed
 * @param neckRate factor of the learning rate for the tensors of the neck, &gt; 0
 * @param headRate factor of the learning rate for the tensors of the head, &gt; 0
 */
public record ParameterGroups(DecayOn decayOn, double neckRate, double headRate) {
  /** Weights are decayed, and one rate is that of all. */
  public static final ParameterGroups UNIFORM = new ParameterGroups(DecayOn.WEIGHTS, 1, 1);

  /** Which tensors are decayed. */
  public enum DecayOn {
    /** Those of more than one dimension: convolutions and linear layers. */
    WEIGHTS("weights"),
    /** Every trained one, biases, normalisation and thresholds too. */
    ALL("all");

    private final String label;

    DecayOn(String label) {
      this.label = label;
    }

    /** The name used in recipes. */
    public String label() {
      return label;
    }

    /**
     * Finds a choice by its label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static DecayOn of(String label) {
      return Labels.find("optimizer decay-on", values(), DecayOn::label, label);
    }
  }

  /** Validates the factors. */
  public ParameterGroups {
    Check.that(decayOn != null, "optimizer decay-on: expected weights or all, found %s", decayOn);
    requireFactor("neck-rate", neckRate);
    requireFactor("head-rate", headRate);
  }

  private static void requireFactor(String what, double found) {
    Check.that(
        found > 0 && Double.isFinite(found),
        "optimizer %s: expected a number > 0, found %s",
        what,
        found);
  }

  /** Whether a trained tensor is decayed. */
  boolean decays(Entry entry) {
    return decayOn == DecayOn.ALL || entry.shape().size() > 1;
  }

  /** Whether a tensor is a bias, of batch normalisation too. */
  static boolean isBias(Entry entry) {
    return entry.name().endsWith(".bias");
  }

  /** Factor of the learning rate for the tensors of a part. */
  public double rate(Part part) {
    return switch (part) {
      case BACKBONE -> 1;
      case NECK -> neckRate;
      case HEAD -> headRate;
    };
  }
}
