package io.spikeformer.model.box;

import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * Chooses the regions that the heads of a two-stage detector read, in the middle of a pass. The
 * network knows neither objects nor image sizes; no gradient goes through the choice.
 */
public interface RegionChooser {
  /**
   * The regions that the box head reads.
   *
   * @param answers of the region proposal network
   * @return regions of each image, in pixels; there may be none
   */
  List<Boxes> forBoxes(AnchorAnswers answers);

  /**
   * The regions that the mask head reads.
   *
   * @param logits [regions, classes + 1] of the box head for all images' regions in turn, the
   *     background last
   * @param deltas [regions, classes, 4] as {@link BoxCoding#DETECTIONS} says
   * @return regions of each image, in pixels; there may be none
   */
  List<Boxes> forMasks(Tensor logits, Tensor deltas);
}
