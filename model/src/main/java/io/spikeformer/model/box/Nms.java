package io.spikeformer.model.box;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Non-maximum suppression: by falling score, a box is kept unless its intersection over union with
 * a kept one exceeds a threshold. Equal scores are taken in the order of the boxes.
 *
 * <p>Boxes that overlap so much have left edges close to each other. So the kept boxes are held by
 * their left edges, and only a range of them is compared.
 */
public final class Nms {
  private final double threshold;
  private final Boxes boxes;
  private final int[] slots;
  private final BitSet held;

  /** Boxes of one group, by falling score. */
  private Nms(Boxes group, double threshold) {
    this.threshold = threshold;
    long[] keys = new long[group.count()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = FallingOrder.key(FallingOrder.rising(group.left(i)), i);
    }
    Arrays.sort(keys);
    int[] byLeft = FallingOrder.indices(keys);
    boxes = group.select(byLeft);
    slots = new int[byLeft.length];
    for (int slot = 0; slot < byLeft.length; slot++) {
      slots[byLeft[slot]] = slot;
    }
    held = new BitSet(slots.length);
  }

  /**
   * The boxes that are kept, by falling score.
   *
   * @param scores of the boxes
   * @param groups class or level of each box; boxes of different groups suppress nothing
   * @param threshold an overlap above it suppresses, 0 to 1
   */
  public static int[] keep(Boxes boxes, float[] scores, int[] groups, double threshold) {
    int[] order = FallingOrder.of(scores);
    long[] keys = new long[order.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = FallingOrder.key(groups[order[i]], i);
    }
    Arrays.sort(keys);
    BitSet kept = new BitSet(keys.length);
    int start = 0;
    for (int end = 1; end <= keys.length; end++) {
      if (end == keys.length || keys[end] >> Integer.SIZE != keys[start] >> Integer.SIZE) {
        int[] places = FallingOrder.indices(Arrays.copyOfRange(keys, start, end));
        int[] members = Arrays.stream(places).map(place -> order[place]).toArray();
        new Nms(boxes.select(members), threshold).keep(places, kept);
        start = end;
      }
    }
    return kept.stream().map(place -> order[place]).toArray();
  }

  /** Sets the places of the group's boxes that are kept. */
  private void keep(int[] places, BitSet kept) {
    for (int i = 0; i < places.length; i++) {
      if (!suppressed(slots[i])) {
        held.set(slots[i]);
        kept.set(places[i]);
      }
    }
  }

  /**
   * With an overlap above t, the common width is above t times either width. So the other box's
   * left edge lies less than (1 - t) widths to the right and (1 - t) / t widths to the left.
   */
  private boolean suppressed(int box) {
    double width = Math.max(0, boxes.width(box));
    double left = boxes.left(box);
    double rounding = 1e-4 * (Math.abs(left) + width);
    double low = left - (1 - threshold) / threshold * width - rounding;
    double high = left + (1 - threshold) * width + rounding;
    for (int slot = held.nextSetBit(firstFrom(low));
        slot >= 0 && boxes.left(slot) <= high;
        slot = held.nextSetBit(slot + 1)) {
      if (overlaps(box, slot)) {
        return true;
      }
    }
    return false;
  }

  /** The first slot whose left edge is not below a bound. */
  private int firstFrom(double bound) {
    int low = 0;
    int high = slots.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (boxes.left(middle) < bound) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** In float32, as torchvision does; boxes of no area have none in common. */
  private boolean overlaps(int a, int b) {
    float height =
        Math.min(boxes.bottom(a), boxes.bottom(b)) - Math.max(boxes.top(a), boxes.top(b));
    float width = Math.min(boxes.right(a), boxes.right(b)) - Math.max(boxes.left(a), boxes.left(b));
    if (height <= 0 || width <= 0) {
      return false;
    }
    float inter = width * height;
    return inter / (boxes.area(a) + boxes.area(b) - inter) > threshold;
  }
}
