package io.spikeformer.tasks.classification;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How sure the model was and how often it was right, in bins of equal width of the confidence: the
 * softmax probability of the best class.
 *
 * <p>Confidences are summed as multiples of 2^-32, so that counts of parts merge exactly. A
 * confidence that is not a number counts as 0. Not thread-safe.
 */
final class CalibrationCounts implements Serializable {
  /** Bins of the expected calibration error (Guo et al., 2017, use as many). */
  static final int BINS = 15;

  private static final long serialVersionUID = 1;
  private static final double UNIT = 1L << 32;

  private final long[] samples = new long[BINS];
  private final long[] correct = new long[BINS];
  private final long[] confidence = new long[BINS];

  /** Adds a sample. */
  void add(double probability, boolean right) {
    double known = Double.isNaN(probability) ? 0 : probability;
    // a probability on a border belongs to the bin below it
    int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(known * BINS) - 1));
    samples[bin]++;
    correct[bin] += right ? 1 : 0;
    confidence[bin] += Math.round(known * UNIT);
  }

  /** Adds the counts of other samples. */
  void merge(CalibrationCounts other) {
    for (int bin = 0; bin < BINS; bin++) {
      samples[bin] += other.samples[bin];
      correct[bin] += other.correct[bin];
      confidence[bin] += other.confidence[bin];
    }
  }

  /** All bins, from the least confident. */
  List<CalibrationBin> bins() {
    List<CalibrationBin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      bins.add(
          new CalibrationBin(
              (double) bin / BINS,
              (double) (bin + 1) / BINS,
              samples[bin],
              correct[bin],
              confidence[bin] / UNIT));
    }
    return bins;
  }

  /** The softmax probability of the best of the logits [from, from + classes). */
  static double confidence(float[] logits, int from, int classes) {
    float best = Float.NEGATIVE_INFINITY;
    for (int c = from; c < from + classes; c++) {
      best = Math.max(best, logits[c]);
    }
    double sum = 0;
    for (int c = from; c < from + classes; c++) {
      sum += Math.exp(logits[c] - best);
    }
    return 1 / sum;
  }
}
