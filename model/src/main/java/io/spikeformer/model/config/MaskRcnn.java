package io.spikeformer.model.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;

/**
 * Description of a spike-driven Mask R-CNN (paper, Section 4.4 and Appendix C.3), which finds
 * objects with their boxes and masks.
 *
 * @param neckWidth channels of the feature pyramid, of the region proposals and of the mask head
 * @param hiddenWidth outputs of the two fully connected layers of the box head
 * @param predictor input of the last layers of the box head
 * @param norm what follows the convolutions of pyramid, region proposals and mask head
 * @param hiddenNorm what follows the two fully connected layers of the box head
 * @param strides what becomes of the last level of the pyramid
 * @param fuse where the timesteps end
 */
public record MaskRcnn(
    int neckWidth,
    int hiddenWidth,
    Predictor predictor,
    SemanticFpn.Norm norm,
    SemanticFpn.Norm hiddenNorm,
    Strides strides,
    SemanticFpn.Fuse fuse) {
  /** The published widths, spike-driven throughout, strides that are real, no normalisation. */
  public static final MaskRcnn PUBLISHED =
      new MaskRcnn(
          256,
          1024,
          Predictor.SPIKES,
          SemanticFpn.Norm.NONE,
          SemanticFpn.Norm.NONE,
          Strides.REAL,
          SemanticFpn.Fuse.KEEP);

  /** The input of the last layers of the box head. */
  public enum Predictor {
    /** Spikes: the whole network is spike-driven. */
    SPIKES("spikes"),
    /** Membrane potentials, as the authors' code has it: the layers multiply real numbers. */
    MEMBRANE("membrane");

    private final String label;

    Predictor(String label) {
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
    public static Predictor of(String label) {
      return Labels.find("Mask R-CNN predictor", values(), Predictor::label, label);
    }
  }

  /**
   * The last level of the pyramid. Anchors and regions are placed for strides of 4, 8, 16, 32, 64,
   * while the backbone's last stage has a stride of 16.
   */
  public enum Strides {
    /** The output convolution of the last level has a stride of 2: the strides are real. */
    REAL("real"),
    /** It has a stride of 1, as in the authors' code: two levels are misplaced. */
    DECLARED("declared");

    private final String label;

    Strides(String label) {
      this.label = label;
    }

    /** The name in recipes. */
    @JsonValue
    public String label() {
      return label;
    }

    /** Stride of the output convolution of the last level. */
    public int lastStride() {
      return this == REAL ? 2 : 1;
    }

    /**
     * The choice of a name.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    @JsonCreator
    public static Strides of(String label) {
      return Labels.find("Mask R-CNN strides", values(), Strides::label, label);
    }
  }

  /** Checks the widths. */
  public MaskRcnn {
    Check.that(neckWidth >= 1, "Mask R-CNN neck width: expected >= 1, found %s", neckWidth);
    Check.that(hiddenWidth >= 1, "Mask R-CNN hidden width: expected >= 1, found %s", hiddenWidth);
    Check.that(
        predictor != null,
        "Mask R-CNN predictor: expected spikes or membrane, found %s",
        predictor);
    Check.that(norm != null, "Mask R-CNN norm: expected none or bn, found %s", norm);
    Check.that(
        hiddenNorm != null, "Mask R-CNN hidden norm: expected none or bn, found %s", hiddenNorm);
    Check.that(strides != null, "Mask R-CNN strides: expected real or declared, found %s", strides);
    Check.that(fuse != null, "Mask R-CNN fuse: expected mean or keep, found %s", fuse);
  }
}
