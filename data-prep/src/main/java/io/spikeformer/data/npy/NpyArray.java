package io.spikeformer.data.npy;

import io.spikeformer.common.Text;
import java.util.Arrays;

/**
 * A dense float32 array in C order, as a .npy file holds it.
 *
 * @param shape sizes of the dimensions, outermost first
 * @param values the product of the sizes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record NpyArray(int[] shape, float[] values) {
  /** Checks that the values fill the shape. */
  public NpyArray {
    long expected = 1;
    for (int size : shape) {
      expected = Math.multiplyExact(expected, size);
    }
    if (expected != values.length) {
      throw new IllegalArgumentException(
          Text.format(
              "array of shape %s: expected %s values, found %s",
              Arrays.toString(shape), expected, values.length));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NpyArray array
        && Arrays.equals(shape, array.shape)
        && Arrays.equals(values, array.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "float32" + Arrays.toString(shape);
  }
}
