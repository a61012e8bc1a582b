package io.spikeformer.model.box;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The regions of one image that a region proposal network gives to the heads.
 *
 * @param boxes by falling score, inside the image, each with an area
 * @param scores their probabilities of holding an object
 */
public record Proposals(Boxes boxes, float[] scores) {

  /**
   * How proposals are chosen.
   *
   * @param perLevel anchors of a level that are decoded, the best ones, &gt;= 1
   * @param threshold of the suppression within a level
   * @param total proposals of an image at most, &gt;= 1
   */
  public record Rule(int perLevel, double threshold, int total) {
    /** Mask R-CNN's in training. */
    public static final Rule TRAINING = new Rule(2_000, 0.7, 1_000);

    /** Mask R-CNN's in evaluation. */
    public static final Rule EVALUATION = new Rule(1_000, 0.7, RegionCounts.EVALUATION.boxes());
  }

  /**
   * One level's answers to one image.
   *
   * @param anchors its anchors
   * @param logits of holding an object, one for each anchor
   * @param deltas [anchors, 4] as {@link BoxCoding#PROPOSALS} says
   */
  public record Level(Boxes anchors, float[] logits, float[] deltas) {}

  /**
   * The best anchors of each level are decoded and clipped to the image. What has an area left goes
   * through the suppression, level by level. The best of all levels remain; of equal scores those
   * of lower levels and indices.
   */
  public static Proposals select(Rule rule, List<Level> levels, int height, int width) {
    float[] corners = new float[0];
    float[] scores = new float[0];
    int[] groups = new int[0];
    for (int level = 0; level < levels.size(); level++) {
      Level own = levels.get(level);
      float[] probabilities = sigmoid(own.logits());
      int[] order = FallingOrder.of(probabilities);
      int count = Math.min(rule.perLevel(), order.length);
      int before = scores.length;
      scores = Arrays.copyOf(scores, before + count);
      groups = Arrays.copyOf(groups, before + count);
      corners = Arrays.copyOf(corners, Boxes.CORNERS * (before + count));
      for (int i = 0; i < count; i++) {
        scores[before + i] = probabilities[order[i]];
        groups[before + i] = level;
        BoxCoding.PROPOSALS.decode(
            own.anchors(),
            order[i],
            own.deltas(),
            Boxes.CORNERS * order[i],
            corners,
            Boxes.CORNERS * (before + i));
      }
    }
    return best(rule, new Boxes(corners).clipped(height, width), scores, groups);
  }

  private static Proposals best(Rule rule, Boxes boxes, float[] scores, int[] groups) {
    int[] full = IntStream.range(0, boxes.count()).filter(boxes::hasArea).toArray();
    Boxes candidates = boxes.select(full);
    float[] ownScores = FallingOrder.select(scores, full);
    int[] ownGroups = Arrays.stream(full).map(i -> groups[i]).toArray();
    int[] kept = Nms.keep(candidates, ownScores, ownGroups, rule.threshold());
    int[] best = Arrays.copyOf(kept, Math.min(rule.total(), kept.length));
    return new Proposals(candidates.select(best), FallingOrder.select(ownScores, best));
  }

  private static float[] sigmoid(float[] logits) {
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = 1 / (1 + (float) Math.exp(-logits[i]));
    }
    return probabilities;
  }
}
