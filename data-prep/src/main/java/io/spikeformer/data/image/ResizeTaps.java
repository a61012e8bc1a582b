package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * For each output of a resized line, the first source pixel and the weights from there on:
 * fixed-point numbers with {@link #FRACTION_BITS} fractional bits, as Pillow has them.
 */
record ResizeTaps(int[] first, int[][] weights) {
  static final int FRACTION_BITS = 22;

  /** Half a level: what sums begin with, so that cutting the fraction rounds. */
  static final int HALF = 1 << (FRACTION_BITS - 1);

  static ResizeTaps of(int inputs, int outputs, Interpolation interpolation) {
    if (outputs < 1) {
      throw new IllegalArgumentException(
          Text.format("resize: expected a size >= 1, found %s", outputs));
    }
    double scale = (double) inputs / outputs;
    double stretch = Math.max(scale, 1);
    double support = interpolation.radius() * stretch;
    int[] first = new int[outputs];
    int[][] weights = new int[outputs][];
    for (int x = 0; x < outputs; x++) {
      double center = (x + 0.5) * scale;
      int from = Math.max(0, (int) (center - support + 0.5));
      int to = Math.min(inputs, (int) (center + support + 0.5));
      first[x] = from;
      weights[x] = weights(from, to, center, stretch, interpolation);
    }
    return new ResizeTaps(first, weights);
  }

  private static int[] weights(
      int from, int to, double center, double stretch, Interpolation interpolation) {
    double[] exact = new double[to - from];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] = interpolation.weight((from + i - center + 0.5) / stretch);
      sum += exact[i];
    }
    int[] fixed = new int[exact.length];
    for (int i = 0; i < fixed.length; i++) {
      double scaled = exact[i] / sum * (1 << FRACTION_BITS);
      fixed[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return fixed;
  }
}
