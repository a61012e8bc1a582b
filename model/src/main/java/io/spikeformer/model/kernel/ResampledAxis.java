package io.spikeformer.model.kernel;

/**
 * Rows or columns of a resampled map: element i is (1 - weight[i]) * source[low[i]] + weight[i] *
 * source[high[i]].
 *
 * @param low index into the source
 * @param high index into the source, low or low + 1
 * @param weight share of high, 0 to 1
 */
public record ResampledAxis(int[] low, int[] high, float[] weight) {
  /**
   * The same seen from the source: element i contributes to those of the result at [start[i],
   * start[i + 1]) of these lists, in their order.
   *
   * @param start [source + 1] where an element's list begins
   * @param target index into the result
   * @param share what of the source's element it holds
   */
  public record Uses(int[] start, int[] target, float[] share) {}

  static ResampledAxis of(Resampling.Kind kind, int source, int result) {
    int[] low = new int[result];
    int[] high = new int[result];
    float[] weight = new float[result];
    float scale = scale(kind, source, result);
    for (int i = 0; i < result; i++) {
      float place = kind == Resampling.Kind.BILINEAR ? scale * (i + 0.5f) - 0.5f : scale * i;
      low[i] = Math.min(source - 1, (int) Math.max(0, place));
      boolean mixes = kind != Resampling.Kind.NEAREST && low[i] < source - 1;
      high[i] = mixes ? low[i] + 1 : low[i];
      weight[i] = mixes ? Math.min(1, Math.max(0, place - low[i])) : 0;
    }
    return new ResampledAxis(low, high, weight);
  }

  /** Elements of the source for one of the result. */
  private static float scale(Resampling.Kind kind, int source, int result) {
    if (kind == Resampling.Kind.BILINEAR_CORNERS) {
      return result > 1 ? (float) (source - 1) / (result - 1) : 0;
    }
    return (float) source / result;
  }

  /** The lists of a source of so many elements. */
  public Uses uses(int source) {
    int[] start = new int[source + 1];
    for (int i = 0; i < low.length; i++) {
      start[low[i] + 1]++;
      if (high[i] != low[i]) {
        start[high[i] + 1]++;
      }
    }
    for (int i = 0; i < source; i++) {
      start[i + 1] += start[i];
    }
    int[] next = start.clone();
    int[] target = new int[start[source]];
    float[] share = new float[target.length];
    for (int i = 0; i < low.length; i++) {
      int at = next[low[i]]++;
      target[at] = i;
      share[at] = 1 - weight[i];
      if (high[i] != low[i]) {
        at = next[high[i]]++;
        target[at] = i;
        share[at] = weight[i];
      }
    }
    return new Uses(start, target, share);
  }
}
