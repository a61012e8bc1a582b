package io.spikeformer.model.kernel.fast;

import java.util.Arrays;

/** Arrays that one thread reuses from call to call, by slot; their contents are undefined. */
final class Scratch {
  private float[][] arrays = new float[32][];
  private int[][] intArrays = new int[8][];

  /** An array of at least that many floats, and of whole vectors. */
  float[] array(int slot, int length) {
    if (slot >= arrays.length) {
      arrays = Arrays.copyOf(arrays, 2 * slot);
    }
    float[] array = arrays[slot];
    if (array == null || array.length < length) {
      array = new float[Lanes.roundUp(length)];
      arrays[slot] = array;
    }
    return array;
  }

  /** As {@link #array}, of ints. */
  int[] ints(int slot, int length) {
    if (slot >= intArrays.length) {
      intArrays = Arrays.copyOf(intArrays, 2 * slot);
    }
    if (intArrays[slot] == null || intArrays[slot].length < length) {
      intArrays[slot] = new int[length];
    }
    return intArrays[slot];
  }
}
