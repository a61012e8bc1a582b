package io.spikeformer.model.box;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a detector finds in one image, by falling score.
 *
 * @param boxes inside the image
 * @param scores probabilities of the classes
 * @param labels classes, from 0
 */
public record Detections(Boxes boxes, float[] scores, int[] labels) {

  /**
   * How detections are chosen.
   *
   * @param score that a detection exceeds
   * @param threshold of the suppression within a class
   * @param total detections of an image at most, &gt;= 1
   */
  public record Rule(double score, double threshold, int total) {
    /** Mask R-CNN's. */
    public static final Rule MASK_RCNN = new Rule(0.05, 0.5, RegionCounts.EVALUATION.masks());
  }

  /**
   * Every region is a box for each class, at the score of that class. The best that are left by the
   * suppression of each class remain; equal scores keep the order of regions, then of classes.
   *
   * @param regions of the image
   * @param logits [regions, classes + 1], the background last
   * @param deltas [regions, classes, 4] as {@link BoxCoding#DETECTIONS} says
   */
  public static Detections select(
      Rule rule, Boxes regions, float[] logits, float[] deltas, int height, int width) {
    if (regions.count() == 0) {
      return new Detections(regions, new float[0], new int[0]);
    }
    int classes = logits.length / regions.count() - 1;
    float[] scores = probabilities(logits, classes);
    int[] high = IntStream.range(0, scores.length).filter(i -> scores[i] > rule.score()).toArray();
    Boxes boxes = BoxCoding.DETECTIONS.decode(regions, deltas).clipped(height, width).select(high);
    int[] labels = Arrays.stream(high).map(i -> i % classes).toArray();
    float[] ownScores = FallingOrder.select(scores, high);
    int[] kept = Nms.keep(boxes, ownScores, labels, rule.threshold());
    int[] best = Arrays.copyOf(kept, Math.min(rule.total(), kept.length));
    return new Detections(
        boxes.select(best),
        FallingOrder.select(ownScores, best),
        Arrays.stream(best).map(i -> labels[i]).toArray());
  }

  /** Softmax of each region's row, the background left out: [regions, classes]. */
  private static float[] probabilities(float[] logits, int classes) {
    float[] probabilities = new float[logits.length / (classes + 1) * classes];
    for (int row = 0; row < probabilities.length / Math.max(1, classes); row++) {
      int from = row * (classes + 1);
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c <= classes; c++) {
        largest = Math.max(largest, logits[from + c]);
      }
      double sum = 0;
      for (int c = 0; c <= classes; c++) {
        sum += Math.exp(logits[from + c] - largest);
      }
      for (int c = 0; c < classes; c++) {
        probabilities[row * classes + c] = (float) (Math.exp(logits[from + c] - largest) / sum);
      }
    }
    return probabilities;
  }
}
