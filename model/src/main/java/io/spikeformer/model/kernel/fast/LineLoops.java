package io.spikeformer.model.kernel.fast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops along a line of pixels, with channels next to each other. Each is compiled on its own
 * (conf/jvm.options): as a part of a large caller it would make an object of every vector.
 */
final class LineLoops {
  private static final FloatVector LOG2_E = Lanes.broadcast((float) (1 / Math.log(2)));

  private LineLoops() {}

  /** line = scale * line + shift, by channel. */
  static void affine(float[] line, float[] scale, float[] shift) {
    int whole = Lanes.roundDown(scale.length);
    for (int at = 0; at < line.length; at += scale.length) {
      for (int c = 0; c < whole; c += Lanes.COUNT) {
        Lanes.at(scale, c)
            .mul(Lanes.at(line, at + c))
            .add(Lanes.at(shift, c))
            .intoArray(line, at + c);
      }
      for (int c = whole; c < scale.length; c++) {
        line[at + c] = scale[c] * line[at + c] + shift[c];
      }
    }
  }

  /** out = (1 - weight) * line + weight * next. */
  static void blend(float[] line, float[] next, float weight, float[] out, int length) {
    float rest = 1 - weight;
    FloatVector kept = Lanes.broadcast(rest);
    FloatVector share = Lanes.broadcast(weight);
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.at(line, i).mul(kept).add(Lanes.at(next, i).mul(share)).intoArray(out, i);
    }
    for (int i = whole; i < length; i++) {
      out[i] = rest * line[i] + weight * next[i];
    }
  }

  /** out = (1 - weight) * low + weight * high, of a pixel; low as it is for weight 0. */
  static void mix(
      float[] line, int low, int high, float weight, float[] out, int to, int channels) {
    if (weight == 0) {
      System.arraycopy(line, low, out, to, channels);
      return;
    }
    float rest = 1 - weight;
    FloatVector kept = Lanes.broadcast(rest);
    FloatVector share = Lanes.broadcast(weight);
    int whole = Lanes.roundDown(channels);
    for (int c = 0; c < whole; c += Lanes.COUNT) {
      Lanes.at(line, low + c)
          .mul(kept)
          .add(Lanes.at(line, high + c).mul(share))
          .intoArray(out, to + c);
    }
    for (int c = whole; c < channels; c++) {
      out[to + c] = rest * line[low + c] + weight * line[high + c];
    }
  }

  /** As {@link #mix}, added to out. */
  static void addMix(
      float[] line, int low, int high, float weight, float[] out, int to, int channels) {
    if (weight == 0) {
      add(line, low, 1, out, to, channels);
      return;
    }
    float rest = 1 - weight;
    FloatVector kept = Lanes.broadcast(rest);
    FloatVector share = Lanes.broadcast(weight);
    int whole = Lanes.roundDown(channels);
    for (int c = 0; c < whole; c += Lanes.COUNT) {
      FloatVector value =
          Lanes.at(line, low + c).mul(kept).add(Lanes.at(line, high + c).mul(share));
      Lanes.at(out, to + c).add(value).intoArray(out, to + c);
    }
    for (int c = whole; c < channels; c++) {
      out[to + c] += rest * line[low + c] + weight * line[high + c];
    }
  }

  /** out = out + share * line, from and to an element. */
  static void add(float[] line, int from, float share, float[] out, int to, int channels) {
    FloatVector factor = Lanes.broadcast(share);
    int whole = Lanes.roundDown(channels);
    for (int c = 0; c < whole; c += Lanes.COUNT) {
      FloatVector value = Lanes.at(line, from + c).mul(factor);
      Lanes.at(out, to + c).add(value).intoArray(out, to + c);
    }
    for (int c = whole; c < channels; c++) {
      out[to + c] += share * line[from + c];
    }
  }

  /** The whole of pixel as by {@link #mix}; returns its largest value. */
  static float mixToLargest(float[] mixed, int low, int high, float weight, float[] pixel) {
    FloatVector rest = Lanes.broadcast(1 - weight);
    FloatVector share = Lanes.broadcast(weight);
    // not a constant: the loop would make an object of every vector
    IntVector most = IntVector.broadcast(Lanes.INTS, Integer.MIN_VALUE);
    for (int i = 0; i < pixel.length; i += Lanes.COUNT) {
      FloatVector value =
          Lanes.at(mixed, low + i).mul(rest).add(Lanes.at(mixed, high + i).mul(share));
      value.intoArray(pixel, i);
      // bits as integers of the same order: the largest float by Java's rules is many instructions
      IntVector bits = value.reinterpretAsInts();
      IntVector sign = bits.lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
      most = most.max(bits.lanewise(VectorOperators.XOR, sign.lanewise(VectorOperators.LSHR, 1)));
    }
    int largest = most.reduceLanes(VectorOperators.MAX);
    return Float.intBitsToFloat(largest < 0 ? largest ^ Integer.MAX_VALUE : largest);
  }

  /** Index of the first value that equals the maximum. */
  static int first(float[] values, float max) {
    for (int i = 0; i < values.length; i += Lanes.COUNT) {
      VectorMask<Float> equal = Lanes.at(values, i).compare(VectorOperators.EQ, max);
      if (equal.anyTrue()) {
        return i + equal.firstTrue();
      }
    }
    return -1;
  }

  /** Replaces values by exp(value - max) and returns their sum. */
  static float exponentials(float[] values, float max) {
    FloatVector most = Lanes.broadcast(max);
    FloatVector sum = Lanes.broadcast(0);
    for (int i = 0; i < values.length; i += Lanes.COUNT) {
      FloatVector e = Exponential.ofNegative(Lanes.at(values, i).sub(most).mul(LOG2_E));
      e.intoArray(values, i);
      sum = sum.add(e);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  /** values = factor * values. */
  static void scale(float[] values, float factor) {
    FloatVector factors = Lanes.broadcast(factor);
    for (int i = 0; i < values.length; i += Lanes.COUNT) {
      Lanes.at(values, i).mul(factors).intoArray(values, i);
    }
  }
}
