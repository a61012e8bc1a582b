package io.spikeformer.tasks.segmentation;

import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.Ranking;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** One pass over the pixels of an image: the best class of each, and the cross-entropy. */
final class PixelSweep {
  private static final float LOG2_E = 1.442695f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.1219444e-4f;

  /** Below it an exponential is no normal float. */
  private static final float LOWEST = -87;

  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;

  private final int classes;
  private final float[] exponentials;

  /**
   * A finding.
   *
   * @param predicted the class with the largest logit, the first of equal ones, of every pixel
   * @param loss sum of the cross-entropies of the pixels that have a label
   */
  record Found(LabelMap predicted, double loss) {}

  private PixelSweep(int classes) {
    this.classes = classes;
    this.exponentials = new float[classes];
  }

  /**
   * Sweeps an image.
   *
   * @param logits of the truth's size
   * @param truth with labels below the number of classes
   */
  static Found over(LogitMap logits, LabelMap truth) {
    int width = truth.width();
    PixelSweep sweep = new PixelSweep(logits.classes());
    float[] row = new float[width * logits.classes()];
    byte[] predicted = new byte[truth.labels().length];
    double loss = 0;
    for (int y = 0; y < truth.height(); y++) {
      logits.row(y, row);
      for (int x = 0; x < width; x++) {
        int pixel = y * width + x;
        int from = x * sweep.classes;
        int best = sweep.best(row, from);
        predicted[pixel] = (byte) best;
        int label = truth.labels()[pixel] & 0xff;
        if (label != LabelMap.IGNORED) {
          loss += sweep.crossEntropy(row, from, best, label);
        }
      }
    }
    return new Found(new LabelMap(truth.height(), width, predicted), loss);
  }

  /**
   * The class with the largest logit, the first of equal ones, of every pixel. Each thread has a
   * band of rows, and a row is the same in any band.
   *
   * @param logits gives the same map each time, to be read by one thread
   * @param threads most that share the rows, &gt;= 1; they are of the common pool
   */
  static LabelMap best(Supplier<LogitMap> logits, int threads) {
    LogitMap size = logits.get();
    int height = size.height();
    byte[] predicted = new byte[Math.multiplyExact(height, size.width())];
    int bands = Math.min(threads, height);
    IntStream.range(0, bands)
        .parallel()
        .forEach(
            band -> {
              int from = (int) ((long) height * band / bands);
              int end = (int) ((long) height * (band + 1) / bands);
              best(logits.get(), from, end, predicted);
            });
    return new LabelMap(height, size.width(), predicted);
  }

  /** Rows [from, end). */
  private static void best(LogitMap logits, int from, int end, byte[] predicted) {
    int width = logits.width();
    PixelSweep sweep = new PixelSweep(logits.classes());
    float[] row = new float[width * logits.classes()];
    for (int y = from; y < end; y++) {
      logits.row(y, row);
      for (int x = 0; x < width; x++) {
        predicted[y * width + x] = (byte) sweep.best(row, x * sweep.classes);
      }
    }
  }

  /** The order of {@link Ranking}, by a shorter loop where a logit is a number. */
  private int best(float[] row, int from) {
    float most = Float.NEGATIVE_INFINITY;
    int best = -1;
    for (int c = 0; c < classes; c++) {
      if (row[from + c] > most) {
        most = row[from + c];
        best = c;
      }
    }
    return best < 0 ? Ranking.best(row, from, classes) : best;
  }

  private double crossEntropy(float[] row, int from, int best, int label) {
    float most = row[from + best];
    for (int c = 0; c < classes; c++) {
      exponentials[c] = exponential(row[from + c] - most);
    }
    double sum = 0;
    for (float value : exponentials) {
      sum += value;
    }
    return Math.log(sum) - (row[from + label] - most);
  }

  /**
   * e^x for x &lt;= 0, to about 2e-7 of its value; 2^n times a Taylor series. NaN for NaN. That of
   * the fast kernels is of vectors, which evaluation does not need.
   */
  static float exponential(float x) {
    float bounded = Math.max(x, LOWEST);
    int n = (int) (bounded * LOG2_E - 0.5f);
    float f = bounded - n * LN2_HIGH - n * LN2_LOW;
    float series =
        1 + f * (1 + f * (1 / 2f + f * (1 / 6f + f * (1 / 24f + f * (1 / 120f + f / 720f)))));
    return series * Float.intBitsToFloat(n + EXPONENT_BIAS << MANTISSA_BITS);
  }
}
