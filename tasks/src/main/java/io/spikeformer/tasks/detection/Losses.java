package io.spikeformer.tasks.detection;

/** Losses of single numbers and rows, with their gradients. */
final class Losses {
  private Losses() {}

  /** Binary cross-entropy of a logit, for any size of it: max(z, 0) - z t + log(1 + exp(-|z|)). */
  static double binaryCrossEntropy(float logit, float target) {
    return Math.max(logit, 0) - (double) logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
  }

  /** d(binary cross-entropy)/d(logit) = sigmoid(z) - t. */
  static double binaryCrossEntropySlope(float logit, float target) {
    return sigmoid(logit) - target;
  }

  /** 1 / (1 + exp(-z)). */
  static double sigmoid(float logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  /** d|x - t|/dx: -1, 1, or 0 where they are equal. */
  static float absoluteSlope(float value, float target) {
    return Math.signum(value - target);
  }

  /**
   * Softmax cross-entropy of a row of logits.
   *
   * @param at where the row begins
   * @param factor of the gradient
   * @param gradient receives factor * d(cross-entropy)/d(logit) in the same places
   */
  static double softmaxCrossEntropy(
      float[] logits, int at, int classes, int label, double factor, float[] gradient) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largest = Math.max(largest, logits[at + c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits[at + c] - largest);
    }
    for (int c = 0; c < classes; c++) {
      double probability = Math.exp(logits[at + c] - largest) / sum;
      gradient[at + c] = (float) (factor * (probability - (c == label ? 1 : 0)));
    }
    return Math.log(sum) + largest - logits[at + label];
  }
}
