package io.spikeformer.model;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Tensor;

/**
 * Cross-entropy with label smoothing: -sum_c q_c log softmax(logits)_c, q = (1 - s) onehot(label) +
 * s / classes.
 *
 * @param labelSmoothing s in [0, 1)
 */
public record CrossEntropy(double labelSmoothing) {
  /** Validates the range. */
  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          Text.format("label smoothing: expected a number in [0, 1), found %s", labelSmoothing));
    }
  }

  /**
   * The loss on labels: of every output [B, classes] of the head, averaged over the outputs.
   *
   * @param labels [B], in [0, classes)
   */
  public TrainingLoss on(int[] labels) {
    return outputs -> {
      int parts = outputs.names().size();
      double sum = 0;
      for (String name : outputs.names()) {
        Tensor logits = outputs.value(name);
        requireLabels(labels, logits.size(0));
        float[] gradient = new float[(int) logits.elements()];
        sum += loss(logits.toArray(), labels, logits.channels(), gradient);
        for (int i = 0; parts > 1 && i < gradient.length; i++) {
          gradient[i] /= parts;
        }
        outputs.gradient(name).put(gradient);
      }
      return sum / parts;
    };
  }

  private static void requireLabels(int[] labels, long images) {
    if (labels.length != images) {
      throw new IllegalArgumentException(
          Text.format("step: expected %s labels, found %s", images, labels.length));
    }
  }

  /**
   * Mean loss over the batch.
   *
   * @param logits [B * classes]
   * @param labels [B], in [0, classes)
   * @param classes number of classes
   * @param gradient [B * classes], receives d(mean loss)/d(logits), or null
   */
  public double loss(float[] logits, int[] labels, int classes, float[] gradient) {
    double total = 0;
    double[] probability = new double[classes];
    for (int b = 0; b < labels.length; b++) {
      int row = b * classes;
      double logSum = logSoftmaxDenominator(logits, row, probability);
      double smooth = 0;
      for (int c = 0; c < classes; c++) {
        smooth += logSum - logits[row + c];
      }
      double hard = logSum - logits[row + labels[b]];
      total += (1 - labelSmoothing) * hard + labelSmoothing / classes * smooth;
      if (gradient != null) {
        for (int c = 0; c < classes; c++) {
          double target = labelSmoothing / classes + (c == labels[b] ? 1 - labelSmoothing : 0);
          gradient[row + c] = (float) ((probability[c] - target) / labels.length);
        }
      }
    }
    return total / labels.length;
  }

  /** log(sum exp(logits)) of a row; fills the softmax. */
  private static double logSoftmaxDenominator(float[] logits, int row, double[] probability) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < probability.length; c++) {
      max = Math.max(max, logits[row + c]);
    }
    double sum = 0;
    for (int c = 0; c < probability.length; c++) {
      probability[c] = Math.exp(logits[row + c] - max);
      sum += probability[c];
    }
    for (int c = 0; c < probability.length; c++) {
      probability[c] /= sum;
    }
    return max + Math.log(sum);
  }
}
