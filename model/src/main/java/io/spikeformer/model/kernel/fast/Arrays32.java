package io.spikeformer.model.kernel.fast;

import jdk.incubator.vector.FloatVector;

/**
 * Elementwise arithmetic on float arrays of whole vectors.
 *
 * <p>All methods but the sums run over the length rounded up to whole vectors, so that a tile needs
 * no tail: what lies behind the length is neither read by anybody nor stored.
 */
final class Arrays32 {
  private Arrays32() {}

  private static FloatVector at(float[] array, int i) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i);
  }

  /** x = scale * x + shift, rounded after the product as plain code does. */
  static void affine(float[] x, float[] scale, float[] shift, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(scale, i).mul(at(x, i)).add(at(shift, i)).intoArray(x, i);
    }
  }

  /** x = x + y. */
  static void add(float[] x, float[] y, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(x, i).add(at(y, i)).intoArray(x, i);
    }
  }

  /** x = x * y. */
  static void multiply(float[] x, float[] y, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(x, i).mul(at(y, i)).intoArray(x, i);
    }
  }

  /** x = a * x + b + c * value. */
  static void combine(float[] x, float[] a, float[] b, float[] value, float[] c, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(a, i).mul(at(x, i)).add(at(b, i)).add(at(c, i).mul(at(value, i))).intoArray(x, i);
    }
  }

  /** sum += x and product += x * (value - centre), exactly over the length. */
  static void accumulate(
      float[] x, float[] value, float[] centre, float[] sum, float[] product, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector v = at(x, i);
      at(sum, i).add(v).intoArray(sum, i);
      v.fma(at(value, i).sub(at(centre, i)), at(product, i)).intoArray(product, i);
    }
    for (int i = whole; i < length; i++) {
      sum[i] += x[i];
      product[i] += x[i] * (value[i] - centre[i]);
    }
  }

  /** sum += (x - centre) and squares += (x - centre)^2, exactly over the length. */
  static void accumulateSquares(
      float[] x, float[] centre, float[] sum, float[] squares, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector deviation = at(x, i).sub(at(centre, i));
      at(sum, i).add(deviation).intoArray(sum, i);
      deviation.fma(deviation, at(squares, i)).intoArray(squares, i);
    }
    for (int i = whole; i < length; i++) {
      float deviation = x[i] - centre[i];
      sum[i] += deviation;
      squares[i] += deviation * deviation;
    }
  }

  /** sum += x, exactly over the length. */
  static void accumulate(float[] x, float[] sum, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      at(sum, i).add(at(x, i)).intoArray(sum, i);
    }
    for (int i = whole; i < length; i++) {
      sum[i] += x[i];
    }
  }

  /** sum += x * y, exactly over the length. */
  static void accumulateProduct(float[] x, float[] y, float[] sum, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      at(x, i).fma(at(y, i), at(sum, i)).intoArray(sum, i);
    }
    for (int i = whole; i < length; i++) {
      sum[i] += x[i] * y[i];
    }
  }
}
