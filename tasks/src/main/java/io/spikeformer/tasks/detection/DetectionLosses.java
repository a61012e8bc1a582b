package io.spikeformer.tasks.detection;

import io.spikeformer.model.box.Boxes;
import java.util.Arrays;
import java.util.List;

/**
 * The losses of Mask R-CNN (He et al., 2017) with mmdetection's divisors. Each overwrites the
 * gradients of what it reads, zeros included.
 */
public final class DetectionLosses {
  private DetectionLosses() {}

  /**
   * Both losses of a stage.
   *
   * @param score of what a box holds
   * @param delta of where the box is
   */
  public record Stage(double score, double delta) {}

  /**
   * The losses of the region proposal network: binary cross-entropy of the sampled anchors and
   * absolute differences of the positive ones. Both sums are divided by the sum over the images of
   * max(positives, 1) + max(negatives, 1).
   *
   * @param logits [B, anchors]
   * @param deltas [B, anchors, 4]
   * @param targets of the B images
   * @param dLogits receives d(score)/d(logits)
   * @param dDeltas receives d(delta)/d(deltas)
   */
  public static Stage ofAnchors(
      float[] logits,
      float[] deltas,
      List<AnchorTargets> targets,
      float[] dLogits,
      float[] dDeltas) {
    Arrays.fill(dLogits, 0);
    Arrays.fill(dDeltas, 0);
    double divisor = 0;
    for (AnchorTargets image : targets) {
      divisor += Math.max(1, image.positives().length) + Math.max(1, image.negatives().length);
    }
    double score = 0;
    double delta = 0;
    for (int i = 0; i < targets.size(); i++) {
      AnchorTargets image = targets.get(i);
      int first = i * (logits.length / targets.size());
      int[] positives = image.positives();
      score += binary(logits, first, positives, 1, 1 / divisor, dLogits);
      score += binary(logits, first, image.negatives(), 0, 1 / divisor, dLogits);
      for (int k = 0; k < positives.length; k++) {
        int at = Boxes.CORNERS * (first + positives[k]);
        delta += absolute(deltas, at, image.deltas(), k, 1 / divisor, dDeltas);
      }
    }
    return new Stage(score / divisor, delta / divisor);
  }

  private static double binary(
      float[] logits, int first, int[] anchors, int target, double factor, float[] gradient) {
    double sum = 0;
    for (int anchor : anchors) {
      float logit = logits[first + anchor];
      sum += Losses.binaryCrossEntropy(logit, target);
      gradient[first + anchor] = (float) (factor * Losses.binaryCrossEntropySlope(logit, target));
    }
    return sum;
  }

  /** Absolute differences of the four deltas of a box, from those of a target. */
  private static double absolute(
      float[] deltas, int at, float[] targets, int target, double factor, float[] gradient) {
    double sum = 0;
    for (int k = 0; k < Boxes.CORNERS; k++) {
      float wanted = targets[Boxes.CORNERS * target + k];
      sum += Math.abs((double) deltas[at + k] - wanted);
      gradient[at + k] = (float) (factor * Losses.absoluteSlope(deltas[at + k], wanted));
    }
    return sum;
  }

  /**
   * The losses of the box head: softmax cross-entropy of all regions, and absolute differences of
   * the deltas of the true class of those that have an object. Both sums are divided by the number
   * of all regions; without any they are 0.
   *
   * @param logits [regions, classes + 1], the background last
   * @param deltas [regions, classes, 4]
   * @param targets of the images, whose regions follow each other
   * @param dLogits receives d(score)/d(logits)
   * @param dDeltas receives d(delta)/d(deltas)
   */
  public static Stage ofRegions(
      float[] logits,
      float[] deltas,
      List<RegionTargets> targets,
      float[] dLogits,
      float[] dDeltas) {
    Arrays.fill(dLogits, 0);
    Arrays.fill(dDeltas, 0);
    int regions = targets.stream().mapToInt(image -> image.labels().length).sum();
    if (regions == 0) {
      return new Stage(0, 0);
    }
    int columns = logits.length / regions;
    double score = 0;
    double delta = 0;
    int row = 0;
    for (RegionTargets image : targets) {
      for (int k = 0; k < image.labels().length; k++, row++) {
        int label = image.labels()[k];
        int column = label == RegionTargets.BACKGROUND ? columns - 1 : label;
        score +=
            Losses.softmaxCrossEntropy(
                logits, row * columns, columns, column, 1.0 / regions, dLogits);
        if (k < image.objects().length) {
          int at = Boxes.CORNERS * (row * (columns - 1) + label);
          delta += absolute(deltas, at, image.deltas(), k, 1.0 / regions, dDeltas);
        }
      }
    }
    return new Stage(score / regions, delta / regions);
  }

  /**
   * The loss of the mask head: mean binary cross-entropy of all cells, in the channel of the true
   * class; 0 without regions.
   *
   * @param logits [regions, side, side] of the true classes
   * @param cells [regions, side, side] of 0 and 1, as {@link MaskTargets} gives them
   * @param dLogits receives d(loss)/d(logits)
   */
  public static double ofMasks(float[] logits, float[] cells, float[] dLogits) {
    double factor = 1.0 / Math.max(1, cells.length);
    double sum = 0;
    for (int i = 0; i < cells.length; i++) {
      sum += Losses.binaryCrossEntropy(logits[i], cells[i]);
      dLogits[i] = (float) (factor * Losses.binaryCrossEntropySlope(logits[i], cells[i]));
    }
    return sum * factor;
  }
}
