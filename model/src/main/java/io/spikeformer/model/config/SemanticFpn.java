package io.spikeformer.model.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;

/**
 * Description of a spike-driven Semantic FPN (paper, Section 4.3 and Appendix C.4), which gives a
 * class to every pixel.
 *
 * @param neckWidth channels of the feature pyramid
 * @param headWidth channels of the scales behind it
 * @param fuse where the timesteps end
 * @param norm what follows the convolutions of the pyramid
 */
public record SemanticFpn(int neckWidth, int headWidth, Fuse fuse, Norm norm) {
  private static final int HEAD_WIDTH = 128;

  /**
   * The published head: scales of 128 channels, timesteps that end in front of the pyramid, no
   * batch normalisation in it.
   */
  public static SemanticFpn published(int neckWidth) {
    return new SemanticFpn(neckWidth, HEAD_WIDTH, Fuse.MEAN, Norm.NONE);
  }

  /** Where the timesteps end. */
  public enum Fuse {
    /** In front of the pyramid: each map is averaged over time, and the rest runs once. */
    MEAN("mean"),
    /** Behind the classifier: all timesteps run through, and their logits are averaged. */
    KEEP("keep");

    private final String label;

    Fuse(String label) {
      this.label = label;
    }

    /** The name in recipes. */
    @JsonValue
    public String label() {
      return label;
    }

    /**
     * The choice of a name.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    @JsonCreator
    public static Fuse of(String label) {
      return Labels.find("pyramid fuse", values(), Fuse::label, label);
    }
  }

  /** The normalisation after the convolutions of the pyramid. */
  public enum Norm {
    /** Nothing: they have a bias (the paper's). */
    NONE("none"),
    /** Batch normalisation: no neuron is silent at the start. */
    BATCH("bn");

    private final String label;

    Norm(String label) {
      this.label = label;
    }

    /** The name in recipes. */
    @JsonValue
    public String label() {
      return label;
    }

    /**
     * The choice of a name.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    @JsonCreator
    public static Norm of(String label) {
      return Labels.find("pyramid norm", values(), Norm::label, label);
    }
  }

  /** Checks the widths. */
  public SemanticFpn {
    Check.that(neckWidth >= 1, "semantic FPN neck width: expected >= 1, found %s", neckWidth);
    Check.that(headWidth >= 1, "semantic FPN head width: expected >= 1, found %s", headWidth);
    Check.that(fuse != null, "semantic FPN fuse: expected mean or keep, found %s", fuse);
    Check.that(norm != null, "semantic FPN norm: expected none or bn, found %s", norm);
  }
}
