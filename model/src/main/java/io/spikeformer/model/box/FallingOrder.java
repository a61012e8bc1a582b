package io.spikeformer.model.box;

import java.util.Arrays;

/** Indices by falling score; equal scores keep their order, and NaN is above all. */
public final class FallingOrder {
  private FallingOrder() {}

  /** The order of all scores. */
  public static int[] of(float[] scores) {
    long[] keys = new long[scores.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(~rising(scores[i]), i);
    }
    Arrays.sort(keys);
    return indices(keys);
  }

  /** The values at some indices. */
  static float[] select(float[] values, int[] indices) {
    float[] selected = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      selected[i] = values[indices[i]];
    }
    return selected;
  }

  /** An integer that rises with a number; both zeros have the same. */
  static int rising(float value) {
    int bits = Float.floatToIntBits(value + 0.0f);
    return bits ^ (bits >> Integer.SIZE - 1 & Integer.MAX_VALUE);
  }

  /** A number that sorts by rank, then by index. */
  static long key(int rank, int index) {
    return (long) rank << Integer.SIZE | index;
  }

  /** The indices of keys. */
  static int[] indices(long[] keys) {
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }
}
