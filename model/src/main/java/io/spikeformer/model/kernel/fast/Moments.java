package io.spikeformer.model.kernel.fast;

/**
 * Per-channel mean and variance in one pass: sums of the deviation from the mean of the first tile,
 * and of its square, so that a mean far from 0 costs no accuracy.
 */
final class Moments {
  private final Span span;
  private final int channels;
  private final TileSum deviation;
  private final TileSum squares;
  private float[] centre;
  private long rows;

  Moments(Span span) {
    this.span = span;
    this.channels = span.channels();
    this.deviation = new TileSum(span);
    this.squares = new TileSum(span);
  }

  /** Adds a tile of whole rows. */
  void add(Tile x, int length) {
    if (centre == null) {
      centre = span.repeat(mean(x, length));
    }
    TileLoops.squares(x, centre, deviation.partial, squares.partial, length);
    deviation.tileAdded();
    squares.tileAdded();
    rows += length / channels;
  }

  private float[] mean(Tile x, int length) {
    double[] sum = new double[channels];
    for (int i = 0; i < length; i++) {
      sum[i % channels] += x.get(i);
    }
    float[] mean = new float[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = (float) (sum[c] * channels / length);
    }
    return mean;
  }

  /** Mean and biased variance over the rows of all parts, combined in their order (Chan et al.). */
  static void combine(Moments[] parts, float[] mean, float[] variance) {
    double[] average = new double[mean.length];
    double[] sum = new double[mean.length];
    long count = 0;
    for (Moments part : parts) {
      if (part.rows > 0) {
        part.addTo(count, average, sum);
        count += part.rows;
      }
    }
    for (int c = 0; c < mean.length; c++) {
      mean[c] = (float) average[c];
      variance[c] = (float) Math.max(0, sum[c] / count);
    }
  }

  /** Adds this part to the mean and the sum of squared deviations of so many rows. */
  private void addTo(long count, double[] average, double[] sum) {
    double[] deviations = deviation.total();
    double[] squared = squares.total();
    double weight = (double) rows / (count + rows);
    for (int c = 0; c < channels; c++) {
      double offset = deviations[c] / rows;
      double difference = centre[c] + offset - average[c];
      sum[c] += squared[c] - offset * deviations[c] + difference * difference * count * weight;
      average[c] += difference * weight;
    }
  }
}
