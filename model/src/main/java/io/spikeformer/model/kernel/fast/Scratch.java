package io.spikeformer.model.kernel.fast;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Memory that one thread reuses from call to call, by slot; its contents are undefined. */
final class Scratch {
  private static final int ALIGNMENT = 64;

  private float[][] arrays = new float[32][];
  private int[][] intArrays = new int[8][];
  private ByteBuffer[] buffers = new ByteBuffer[16];

  /** An array of at least that many floats, often of many more, and of whole vectors. */
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

  /** Memory outside the heap for at least that many floats, and for whole vectors. */
  ByteBuffer buffer(int slot, int length) {
    if (slot >= buffers.length) {
      buffers = Arrays.copyOf(buffers, 2 * slot);
    }
    int bytes = Float.BYTES * Lanes.roundUp(length);
    ByteBuffer buffer = buffers[slot];
    if (buffer == null || buffer.capacity() < bytes) {
      buffer =
          ByteBuffer.allocateDirect(bytes + ALIGNMENT)
              .alignedSlice(ALIGNMENT)
              .order(ByteOrder.nativeOrder());
      buffers[slot] = buffer;
    }
    return buffer;
  }
}
