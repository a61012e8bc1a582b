package io.spikeformer.tasks.detection;

import io.spikeformer.common.Check;
import io.spikeformer.model.box.Boxes;
import java.util.Arrays;

/**
 * Which object a box has to find (Ren et al., 2015), in float32 as mmdetection does it.
 *
 * <p>A box belongs to the object that it overlaps most if that is at least {@code positive}, and to
 * the background if it is below {@code negative}. Then each object in turn takes all boxes that
 * equal its best overlap, if that is at least {@code least}; later objects override.
 *
 * @param positive least overlap with an object, 0 to 1
 * @param negative overlap below which a box is background, 0 to positive
 * @param least best overlap of an object that claims its boxes, 0 to 1
 */
public record BoxAssignment(float positive, float negative, float least) {
  /** A box that is neither an object nor background. */
  public static final int IGNORED = -1;

  /** A box of the background; that of object k is k + 1. */
  public static final int BACKGROUND = 0;

  /** Mask R-CNN's assignment of anchors. */
  public static final BoxAssignment ANCHORS = new BoxAssignment(0.7f, 0.3f, 0.3f);

  /** Mask R-CNN's assignment of proposals. */
  public static final BoxAssignment PROPOSALS = new BoxAssignment(0.5f, 0.5f, 0.5f);

  /** Checks the ranges. */
  public BoxAssignment {
    Check.that(
        negative >= 0 && negative <= positive && positive <= 1 && least >= 0 && least <= 1,
        "assignment of boxes: expected 0 <= negative <= positive <= 1 and 0 <= least <= 1, found"
            + " %s, %s, %s",
        negative,
        positive,
        least);
  }

  /** For each box {@link #IGNORED}, {@link #BACKGROUND} or the index of its object + 1. */
  public int[] assign(Boxes boxes, Boxes objects) {
    int[] assigned = new int[boxes.count()];
    if (objects.count() == 0) {
      return assigned;
    }
    Arrays.fill(assigned, IGNORED);
    float[] best = new float[objects.count()];
    for (int box = 0; box < assigned.length; box++) {
      int own = 0;
      float largest = -1;
      for (int object = 0; object < best.length; object++) {
        float overlap = objects.iou(object, boxes, box);
        best[object] = Math.max(best[object], overlap);
        if (overlap > largest) {
          largest = overlap;
          own = object;
        }
      }
      if (largest >= positive) {
        assigned[box] = own + 1;
      } else if (largest < negative) {
        assigned[box] = BACKGROUND;
      }
    }
    for (int object = 0; object < best.length; object++) {
      if (best[object] >= least) {
        claim(boxes, objects, object, best[object], assigned);
      }
    }
    return assigned;
  }

  private static void claim(Boxes boxes, Boxes objects, int object, float best, int[] assigned) {
    for (int box = 0; box < assigned.length; box++) {
      if (objects.iou(object, boxes, box) == best) {
        assigned[box] = object + 1;
      }
    }
  }
}
