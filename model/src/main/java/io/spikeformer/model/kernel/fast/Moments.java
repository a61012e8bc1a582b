package io.spikeformer.model.kernel.fast;

/**
 * Per-channel mean and variance in one pass: sums of the deviation from the mean of the first tile,
 * and of its square, so that a mean far from 0 costs no accuracy.
 */
final class Moments {
  private final int channels;
  private final TileSum deviation;
  private final TileSum squares;
  private float[] centre;
  private long rows;

  private final Span span;

  Moments(Span span) {
    this.span = span;
    this.channels = span.channels();
    this.deviation = new TileSum(span);
    this.squares = new TileSum(span);
  }

  /** Adds a tile of whole rows. */
  void add(float[] x, int length) {
    if (centre == null) {
      centre = span.repeat(mean(x, length));
    }
    Arrays32.accumulateSquares(x, centre, deviation.partial, squares.partial, length);
    deviation.tileAdded();
    squares.tileAdded();
    rows += length / channels;
  }

  private float[] mean(float[] x, int length) {
    double[] sum = new double[channels];
    for (int i = 0; i < length; i++) {
      sum[i % channels] += x[i];
    }
    float[] mean = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = (float) (sum[c] * channels / length);
    }
    return mean;
  }

  /** Mean and biased variance over the rows of all parts, combined in their order (Chan et al.). */
  static void combine(Moments[] parts, float[] mean, float[] variance) {
    for (int c = 0; c < mean.length; c++) {
      double count = 0;
      double average = 0;
      double sum = 0;
      for (Moments part : parts) {
        if (part.rows == 0) {
          continue;
        }
        double partDeviation = part.deviation.total()[c];
        double partMean = part.centre[c] + partDeviation / part.rows;
        double partSum = part.squares.total()[c] - partDeviation * partDeviation / part.rows;
        double difference = partMean - average;
        double together = count + part.rows;
        sum += partSum + difference * difference * count * part.rows / together;
        average += difference * part.rows / together;
        count = together;
      }
      mean[c] = (float) average;
      variance[c] = (float) Math.max(0, sum / count);
    }
  }
}
