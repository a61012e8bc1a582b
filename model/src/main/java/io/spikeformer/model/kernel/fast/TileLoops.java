package io.spikeformer.model.kernel.fast;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;

/**
 * Elementwise arithmetic on tiles, one loop each.
 *
 * <p>The loops run over whole vectors (see {@link Tile}). Coefficients are arrays of a value for
 * each element of a tile.
 */
final class TileLoops {
  private TileLoops() {}

  /** y = scale * x + shift, rounded after the product as plain code does. */
  static void affine(Tile x, float[] scale, float[] shift, Tile y, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = y.memory();
    boolean outHalf = y.half();
    int outFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector scaled = Lanes.at(scale, i).mul(Lanes.at(inHalf, in, inFrom + i));
      Lanes.put(outHalf, scaled.add(Lanes.at(shift, i)), out, outFrom + i);
    }
  }

  /** y = scale * x + shift + residual. */
  static void affine(Tile x, float[] scale, float[] shift, Tile residual, Tile y, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer shortcut = residual.memory();
    boolean shortcutHalf = residual.half();
    int shortcutFrom = residual.from();
    ByteBuffer out = y.memory();
    boolean outHalf = y.half();
    int outFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector scaled = Lanes.at(scale, i).mul(Lanes.at(inHalf, in, inFrom + i));
      FloatVector sum =
          scaled.add(Lanes.at(shift, i)).add(Lanes.at(shortcutHalf, shortcut, shortcutFrom + i));
      Lanes.put(outHalf, sum, out, outFrom + i);
    }
  }

  /** y = a * x + b + c * value. */
  static void combine(Tile x, float[] a, float[] b, Tile value, float[] c, Tile y, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer values = value.memory();
    boolean valuesHalf = value.half();
    int valuesFrom = value.from();
    ByteBuffer out = y.memory();
    boolean outHalf = y.half();
    int outFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector sum = Lanes.at(a, i).mul(Lanes.at(inHalf, in, inFrom + i)).add(Lanes.at(b, i));
      FloatVector product = Lanes.at(c, i).mul(Lanes.at(valuesHalf, values, valuesFrom + i));
      Lanes.put(outHalf, sum.add(product), out, outFrom + i);
    }
  }

  /** z = x + y. */
  static void add(Tile x, Tile y, Tile z, int length) {
    ByteBuffer left = x.memory();
    boolean leftHalf = x.half();
    int leftFrom = x.from();
    ByteBuffer right = y.memory();
    boolean rightHalf = y.half();
    int rightFrom = y.from();
    ByteBuffer out = z.memory();
    boolean outHalf = z.half();
    int outFrom = z.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector sum =
          Lanes.at(leftHalf, left, leftFrom + i).add(Lanes.at(rightHalf, right, rightFrom + i));
      Lanes.put(outHalf, sum, out, outFrom + i);
    }
  }

  /** sum += x and product += x * (value - centre); x is 0 behind the length. */
  static void sums(Tile x, Tile value, float[] centre, float[] sum, float[] product, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer values = value.memory();
    boolean valuesHalf = value.half();
    int valuesFrom = value.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector v = Lanes.at(inHalf, in, inFrom + i);
      Lanes.at(sum, i).add(v).intoArray(sum, i);
      FloatVector deviation = Lanes.at(valuesHalf, values, valuesFrom + i).sub(Lanes.at(centre, i));
      v.fma(deviation, Lanes.at(product, i)).intoArray(product, i);
    }
  }

  /** y = factor * x. */
  static void multiply(Tile x, float[] factor, Tile y, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = y.memory();
    boolean outHalf = y.half();
    int outFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      Lanes.put(
          outHalf, Lanes.at(inHalf, in, inFrom + i).mul(Lanes.at(factor, i)), out, outFrom + i);
    }
  }

  /** y = values. */
  static void fill(float[] values, Tile y, int length) {
    ByteBuffer out = y.memory();
    boolean outHalf = y.half();
    int outFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      Lanes.put(outHalf, Lanes.at(values, i), out, outFrom + i);
    }
  }

  /** sum += x; x is 0 behind the length. */
  static void sum(Tile x, float[] sum, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      Lanes.at(sum, i).add(Lanes.at(inHalf, in, inFrom + i)).intoArray(sum, i);
    }
  }

  /** sum += x * y; both are 0 behind the length. */
  static void sumProduct(Tile x, Tile y, float[] sum, int length) {
    ByteBuffer left = x.memory();
    boolean leftHalf = x.half();
    int leftFrom = x.from();
    ByteBuffer right = y.memory();
    boolean rightHalf = y.half();
    int rightFrom = y.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector v = Lanes.at(leftHalf, left, leftFrom + i);
      v.fma(Lanes.at(rightHalf, right, rightFrom + i), Lanes.at(sum, i)).intoArray(sum, i);
    }
  }

  /** sum += (x - centre) and squares += (x - centre)^2, exactly over the length. */
  static void squares(Tile x, float[] centre, float[] sum, float[] squares, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int from = x.from();
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector deviation = Lanes.at(inHalf, in, from + i).sub(Lanes.at(centre, i));
      Lanes.at(sum, i).add(deviation).intoArray(sum, i);
      deviation.fma(deviation, Lanes.at(squares, i)).intoArray(squares, i);
    }
    for (int i = whole; i < length; i++) {
      float deviation = in.getFloat(Float.BYTES * (from + i)) - centre[i];
      sum[i] += deviation;
      squares[i] += deviation * deviation;
    }
  }
}
