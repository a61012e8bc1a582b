package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.npy.NpyInput;
import java.util.Arrays;

/**
 * One pass over the values of an array before anything is computed of them.
 *
 * @param least smallest finite value
 * @param largest largest finite value
 * @param unusable how many values are NaN or infinite
 * @param first where the first of these is, counted in C order; -1 without one
 * @param outside where the first value is that is no level, below 0 or above 255; -1 without one
 */
record ArrayScan(float least, float largest, long unusable, long first, long outside) {
  /** Largest value of 8 bits. */
  static final int LARGEST_LEVEL = 255;

  private static final int CHUNK = 1 << 20;

  /** Normalised levels are below: (1 - mean) / deviation with a deviation of 0.06. */
  private static final float LARGEST_NORMALISED = 16;

  static ArrayScan of(NpyInput file) {
    float[] values = new float[(int) Math.min(CHUNK, file.length())];
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    long unusable = 0;
    long first = -1;
    long outside = -1;
    for (long from = 0; from < file.length(); from += values.length) {
      int count = (int) Math.min(values.length, file.length() - from);
      file.read(from, values, 0, count);
      for (int i = 0; i < count; i++) {
        float value = values[i];
        if (!Float.isFinite(value)) {
          first = unusable++ == 0 ? from + i : first;
          continue;
        }
        least = Math.min(least, value);
        largest = Math.max(largest, value);
        if (outside < 0 && (value < 0 || value > LARGEST_LEVEL)) {
          outside = from + i;
        }
      }
    }
    return new ArrayScan(least, largest, unusable, first, outside);
  }

  /**
   * Requires finite values.
   *
   * @throws UserException in one line that names the first other one
   */
  void requireFinite(NpyInput file) {
    if (unusable > 0) {
      throw file.failed(
          Text.format(
              "expected finite values, found %s at %s and %d of NaN or infinity in all: %s",
              value(file, first),
              Arrays.toString(index(file, first)),
              unusable,
              "mend them; this replaces them by 0: "
                  + file.saved("finite", "numpy.nan_to_num(%s, posinf=0, neginf=0)")));
    }
  }

  /**
   * Requires whole numbers to be levels of 8 bits.
   *
   * @throws UserException in one line that names the first other one
   */
  void requireLevels(NpyInput file) {
    if (outside >= 0) {
      throw file.failed(
          Text.format(
              "expected levels 0 to 255, found %s with %.0f at %s: %s",
              file.type(),
              value(file, outside),
              Arrays.toString(index(file, outside)),
              least >= 0 && largest <= 0xffff
                  ? "16-bit levels become 8-bit ones by "
                      + file.saved("uint8", "(%s // 257).astype('uint8')")
                  : "save levels as uint8, or normalised values as float32"));
    }
  }

  /**
   * Requires values that are not, by all appearance, levels that nobody has normalised.
   *
   * @throws UserException in one line that says how they are given as what they are
   */
  void requireNormalised(NpyInput file) {
    boolean varied = least >= 0 && largest > least;
    if (!varied || largest > 1 && largest <= LARGEST_NORMALISED) {
      return;
    }
    boolean unit = largest <= 1;
    throw file.failed(
        Text.format(
            "expected normalised values, found %s from %.4g to %.4g, which look like levels%s: %s"
                + " and"
                + " give that file, which infer normalises; or give --normalised if they are",
            file.type(),
            least,
            largest,
            unit ? " divided by 255" : "",
            file.saved("uint8", "numpy.rint(%s" + (unit ? " * 255" : "") + ").astype('uint8')")));
  }

  private static float value(NpyInput file, long at) {
    float[] value = new float[1];
    file.read(at, value, 0, 1);
    return value[0];
  }

  /** The place of an element in each dimension. */
  private static long[] index(NpyInput file, long at) {
    int[] shape = file.shape();
    long[] index = new long[shape.length];
    long rest = at;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest /= shape[i];
    }
    return index;
  }
}
