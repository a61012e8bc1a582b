package io.spikeformer.model.config;

import io.spikeformer.model.config.SemanticFpn.Fuse;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mask R-CNN: finds objects with their boxes and masks. For B images, R regions of its box head and
 * M regions of its mask head it gives the named outputs.
 *
 * @param reads maps of falling size; the last may be as large as the one before
 * @param widths channels of the maps
 * @param outputs classes, the background not counted
 * @param firstStride pixels of the image for one of the first map
 */
public record MaskRcnnHeadSpec(
    String name,
    List<String> reads,
    List<Integer> widths,
    int outputs,
    int firstStride,
    MaskRcnn form)
    implements BlockSpec {
  /** [B, anchors]: logits of holding an object. */
  public static final String OBJECTNESS = "objectness";

  /** [B, anchors, 4]: from anchors to proposals. */
  public static final String ANCHOR_DELTAS = "anchorDeltas";

  /** [R, classes + 1]: the background last. */
  public static final String CLASS_LOGITS = "classLogits";

  /** [R, classes, 4]: from regions to the boxes of each class. */
  public static final String BOX_DELTAS = "boxDeltas";

  /** [M, 28, 28, classes]: logits of belonging to the object. */
  public static final String MASK_LOGITS = "maskLogits";

  @Override
  public int inputs() {
    return widths.get(0);
  }

  /** Strides of the levels of its pyramid: one more than maps. */
  public List<Integer> strides() {
    return IntStream.rangeClosed(0, widths.size()).mapToObj(level -> firstStride << level).toList();
  }

  @Override
  public BlockKind kind() {
    return BlockKind.HEAD;
  }

  @Override
  public Fuse fuse() {
    return form.fuse();
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.maskRcnnHead(this);
  }
}
