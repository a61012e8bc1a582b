package io.spikeformer.train.recipe;

import io.spikeformer.model.config.Yolo;
import java.util.List;

/**
 * A one-stage detector in place of the head, or what differs from the preset's. Null keeps the
 * preset's value, or the published one where the preset has none.
 *
 * @param widths channels of the three levels that answer; they make a YOLO of any preset
 * @param anchors widths and heights in turn, in pixels, of the anchors of the three levels
 */
public record YoloSettings(List<Integer> widths, List<Integer> anchors) {
  static final YoloSettings NONE = new YoloSettings(null, null);

  /**
   * The one-stage detector of the network.
   *
   * @param base of the preset, or null
   * @throws IllegalArgumentException if the preset has none and its widths are not given
   */
  Yolo over(Yolo base) {
    if (equals(NONE)) {
      return base;
    }
    if (base == null && widths == null) {
      throw new IllegalArgumentException(
          "model yolo: expected widths, since the preset has no YOLO, found null;"
              + " set model.yolo.widths");
    }
    Yolo known = base == null ? Yolo.PUBLISHED : base;
    return new Yolo(
        widths == null ? known.widths() : widths, anchors == null ? known.anchors() : anchors);
  }
}
