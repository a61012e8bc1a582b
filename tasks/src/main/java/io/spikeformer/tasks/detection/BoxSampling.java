package io.spikeformer.tasks.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.model.box.RegionCounts;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * Which of the assigned boxes of an image are trained on: a fixed number, of which a share at most
 * are objects.
 *
 * @param number of boxes, &gt;= 1
 * @param positiveShare largest share of boxes of objects, 0 to 1
 */
public record BoxSampling(int number, double positiveShare) {
  /** Mask R-CNN's sample of anchors. */
  public static final BoxSampling ANCHORS = new BoxSampling(256, 0.5);

  /** Mask R-CNN's sample of proposals. */
  public static final BoxSampling PROPOSALS = new BoxSampling(RegionCounts.TRAINING.boxes(), 0.25);

  /** What is sampled; each stage draws on its own. */
  public enum Stage {
    ANCHORS,
    PROPOSALS
  }

  /**
   * A sample.
   *
   * @param positives indices of boxes of objects, rising
   * @param negatives indices of boxes of the background, rising
   */
  public record Sample(int[] positives, int[] negatives) {}

  /** Checks the ranges. */
  public BoxSampling {
    Check.that(
        number >= 1 && positiveShare >= 0 && positiveShare <= 1,
        "sample of boxes: expected a number >= 1 and a share of 0 to 1, found %s and %s",
        number,
        positiveShare);
  }

  /**
   * The ranks of an image's boxes by index: a pure function of these numbers.
   *
   * @param seed of the training
   * @param epoch from 0
   * @param key of the image in its dataset
   */
  public static IntToLongFunction ranks(long seed, long epoch, String key, Stage stage) {
    long mixed = SeededRandom.mix(seed, epoch, SeededRandom.hash(key), stage.ordinal());
    return index -> SeededRandom.mix(mixed, index);
  }

  /**
   * Of more boxes than are wanted, those of the lowest ranks.
   *
   * @param assigned as {@link BoxAssignment} says
   * @param ranks by index of a box; the first of equal ranks is lower
   */
  public Sample draw(int[] assigned, IntToLongFunction ranks) {
    int[] objects =
        IntStream.range(0, assigned.length)
            .filter(box -> assigned[box] > BoxAssignment.BACKGROUND)
            .toArray();
    int[] background =
        IntStream.range(0, assigned.length)
            .filter(box -> assigned[box] == BoxAssignment.BACKGROUND)
            .toArray();
    int[] positives = lowest(objects, (int) (number * positiveShare), ranks);
    return new Sample(positives, lowest(background, number - positives.length, ranks));
  }

  private static int[] lowest(int[] boxes, int most, IntToLongFunction ranks) {
    if (boxes.length <= most) {
      return boxes;
    }
    long[] own = Arrays.stream(boxes).mapToLong(ranks::applyAsLong).toArray();
    long[] sorted = own.clone();
    Arrays.sort(sorted);
    long bound = most == 0 ? Long.MIN_VALUE : sorted[most - 1];
    long below = Arrays.stream(own).filter(rank -> rank < bound).count();
    int[] lowest = new int[most];
    int equal = (int) (most - below);
    int at = 0;
    for (int i = 0; i < boxes.length && at < most; i++) {
      if (own[i] < bound || own[i] == bound && equal-- > 0) {
        lowest[at++] = boxes[i];
      }
    }
    return lowest;
  }
}
