package io.spikeformer.model;

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
          "label smoothing: expected a number in [0, 1), found " + labelSmoothing);
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
