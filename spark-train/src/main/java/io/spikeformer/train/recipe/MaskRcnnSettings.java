package io.spikeformer.train.recipe;

import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.SemanticFpn;

/**
 * A Mask R-CNN in place of the head, or what differs from the preset's. Null keeps the preset's
 * value, or the published one where the preset has none.
 *
 * @param neckWidth channels of pyramid, region proposals and mask head; a number makes a Mask R-CNN
 *     of any preset
 * @param hiddenWidth outputs of the two fully connected layers of the box head
 * @param predictor spikes or membrane: the input of the last layers of the box head
 * @param norm none or bn: what follows the convolutions
 * @param hiddenNorm none or bn: what follows the two fully connected layers
 * @param strides real or declared: what becomes of the pyramid's last level
 * @param fuse mean or keep: where the timesteps end
 */
public record MaskRcnnSettings(
    Integer neckWidth,
    Integer hiddenWidth,
    String predictor,
    String norm,
    String hiddenNorm,
    String strides,
    String fuse) {
  static final MaskRcnnSettings NONE =
      new MaskRcnnSettings(null, null, null, null, null, null, null);

  /**
   * The Mask R-CNN of the network.
   *
   * @param base of the preset, or null
   * @throws IllegalArgumentException if the preset has none and its width is not given
   */
  MaskRcnn over(MaskRcnn base) {
    if (equals(NONE)) {
      return base;
    }
    if (base == null && neckWidth == null) {
      throw new IllegalArgumentException(
          "model mask-rcnn: expected neck-width, since the preset has no Mask R-CNN, found null;"
              + " set model.mask-rcnn.neck-width");
    }
    MaskRcnn known = base == null ? MaskRcnn.PUBLISHED : base;
    return new MaskRcnn(
        neckWidth == null ? known.neckWidth() : neckWidth,
        hiddenWidth == null ? known.hiddenWidth() : hiddenWidth,
        predictor == null ? known.predictor() : MaskRcnn.Predictor.of(predictor),
        norm == null ? known.norm() : SemanticFpn.Norm.of(norm),
        hiddenNorm == null ? known.hiddenNorm() : SemanticFpn.Norm.of(hiddenNorm),
        strides == null ? known.strides() : MaskRcnn.Strides.of(strides),
        fuse == null ? known.fuse() : SemanticFpn.Fuse.of(fuse));
  }
}
