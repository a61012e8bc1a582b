package io.spikeformer.model.kernel.fast;

import jdk.incubator.vector.FloatVector;

/**
 * Sums of products of a line of gradients with shifted lines, for one vector of channels, a pixel
 * after the other: sums[tap] += dy[pixel] * x[pixel + tap].
 *
 * <p>All sums stay in registers, and two pixels at a time share what is read of x. Positions are
 * elements of the arrays.
 */
final class WindowSums {
  private WindowSums() {}

  private static FloatVector at(float[] array, int from, int vector) {
    return FloatVector.fromArray(Lanes.FLOATS, array, from + vector * Lanes.COUNT);
  }

  private static void put(FloatVector values, float[] array, int from, int vector) {
    values.intoArray(array, from + vector * Lanes.COUNT);
  }

  /** A window of three lines: nine taps. */
  static void nine(
      float[] upper,
      float[] middle,
      float[] lower,
      int from,
      float[] dy,
      int at,
      int width,
      float[] sums,
      int to) {
    FloatVector a = at(sums, to, 0);
    FloatVector b = at(sums, to, 1);
    FloatVector c = at(sums, to, 2);
    FloatVector d = at(sums, to, 3);
    FloatVector e = at(sums, to, 4);
    FloatVector f = at(sums, to, 5);
    FloatVector g = at(sums, to, 6);
    FloatVector h = at(sums, to, 7);
    FloatVector k = at(sums, to, 8);
    int i = 0;
    for (; i + 1 < width; i += 2) {
      FloatVector first = at(dy, at, i);
      FloatVector second = at(dy, at, i + 1);
      FloatVector u0 = at(upper, from, i);
      FloatVector u1 = at(upper, from, i + 1);
      FloatVector u2 = at(upper, from, i + 2);
      FloatVector u3 = at(upper, from, i + 3);
      a = second.fma(u1, first.fma(u0, a));
      b = second.fma(u2, first.fma(u1, b));
      c = second.fma(u3, first.fma(u2, c));
      FloatVector m0 = at(middle, from, i);
      FloatVector m1 = at(middle, from, i + 1);
      FloatVector m2 = at(middle, from, i + 2);
      FloatVector m3 = at(middle, from, i + 3);
      d = second.fma(m1, first.fma(m0, d));
      e = second.fma(m2, first.fma(m1, e));
      f = second.fma(m3, first.fma(m2, f));
      FloatVector l0 = at(lower, from, i);
      FloatVector l1 = at(lower, from, i + 1);
      FloatVector l2 = at(lower, from, i + 2);
      FloatVector l3 = at(lower, from, i + 3);
      g = second.fma(l1, first.fma(l0, g));
      h = second.fma(l2, first.fma(l1, h));
      k = second.fma(l3, first.fma(l2, k));
    }
    if (i < width) {
      FloatVector last = at(dy, at, i);
      a = last.fma(at(upper, from, i), a);
      b = last.fma(at(upper, from, i + 1), b);
      c = last.fma(at(upper, from, i + 2), c);
      d = last.fma(at(middle, from, i), d);
      e = last.fma(at(middle, from, i + 1), e);
      f = last.fma(at(middle, from, i + 2), f);
      g = last.fma(at(lower, from, i), g);
      h = last.fma(at(lower, from, i + 1), h);
      k = last.fma(at(lower, from, i + 2), k);
    }
    put(a, sums, to, 0);
    put(b, sums, to, 1);
    put(c, sums, to, 2);
    put(d, sums, to, 3);
    put(e, sums, to, 4);
    put(f, sums, to, 5);
    put(g, sums, to, 6);
    put(h, sums, to, 7);
    put(k, sums, to, 8);
  }

  /** Seven taps of one line. */
  static void seven(float[] x, int from, float[] dy, int at, int width, float[] sums, int to) {
    FloatVector a = at(sums, to, 0);
    FloatVector b = at(sums, to, 1);
    FloatVector c = at(sums, to, 2);
    FloatVector d = at(sums, to, 3);
    FloatVector e = at(sums, to, 4);
    FloatVector f = at(sums, to, 5);
    FloatVector g = at(sums, to, 6);
    int i = 0;
    for (; i + 1 < width; i += 2) {
      FloatVector first = at(dy, at, i);
      FloatVector second = at(dy, at, i + 1);
      FloatVector left = at(x, from, i);
      FloatVector right = at(x, from, i + 1);
      a = second.fma(right, first.fma(left, a));
      left = at(x, from, i + 2);
      b = second.fma(left, first.fma(right, b));
      right = at(x, from, i + 3);
      c = second.fma(right, first.fma(left, c));
      left = at(x, from, i + 4);
      d = second.fma(left, first.fma(right, d));
      right = at(x, from, i + 5);
      e = second.fma(right, first.fma(left, e));
      left = at(x, from, i + 6);
      f = second.fma(left, first.fma(right, f));
      right = at(x, from, i + 7);
      g = second.fma(right, first.fma(left, g));
    }
    if (i < width) {
      FloatVector last = at(dy, at, i);
      a = last.fma(at(x, from, i), a);
      b = last.fma(at(x, from, i + 1), b);
      c = last.fma(at(x, from, i + 2), c);
      d = last.fma(at(x, from, i + 3), d);
      e = last.fma(at(x, from, i + 4), e);
      f = last.fma(at(x, from, i + 5), f);
      g = last.fma(at(x, from, i + 6), g);
    }
    put(a, sums, to, 0);
    put(b, sums, to, 1);
    put(c, sums, to, 2);
    put(d, sums, to, 3);
    put(e, sums, to, 4);
    put(f, sums, to, 5);
    put(g, sums, to, 6);
  }

  /** One tap of one line. */
  static void one(float[] x, int from, float[] dy, int at, int width, float[] sums, int to) {
    FloatVector sum = at(sums, to, 0);
    for (int i = 0; i < width; i++) {
      sum = at(dy, at, i).fma(at(x, from, i), sum);
    }
    put(sum, sums, to, 0);
  }

  /** The gradients themselves. */
  static void bias(float[] dy, int at, int width, float[] sums, int to) {
    FloatVector sum = at(sums, to, 0);
    for (int i = 0; i < width; i++) {
      sum = sum.add(at(dy, at, i));
    }
    put(sum, sums, to, 0);
  }
}
