package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Neuron;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Surrogate gradients over arrays, with the same bits on every machine: only additions, products,
 * fused products and divisions, each correctly rounded.
 */
final class SurrogateArrays {
  private static final float LOG2_E = 1.44269504f;
  // ln 2 in two parts, so that n * LN2_HIGH is exact
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  // adding it rounds a float to an integer, which then stands in the low bits
  private static final float ROUNDER = 12582912f;
  // below it the result is not a normal number any more
  private static final float LEAST_EXPONENT = -87f;

  private SurrogateArrays() {}

  /** slope = surrogate gradient at h. */
  static void slope(Neuron neuron, float[] h, float[] slope, int length) {
    switch (neuron.surrogate()) {
      case SIGMOID:
        sigmoid(neuron, h, slope, length);
        break;
      case ATAN:
        atan(neuron, h, slope, length);
        break;
      case TRIANGLE:
        triangle(neuron, h, slope, length);
        break;
      case RECTANGLE:
        rectangle(neuron, h, slope, length);
        break;
      default:
        throw new IllegalArgumentException("surrogate: no kernel for " + neuron.surrogate());
    }
  }

  private static FloatVector distance(Neuron neuron, float[] h, int i) {
    return FloatVector.fromArray(Lanes.FLOATS, h, i).sub(neuron.threshold());
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Lanes.FLOATS, value);
  }

  /** alpha e / (1 + e)^2 with e = exp(-|alpha u|). */
  private static void sigmoid(Neuron neuron, float[] h, float[] slope, int length) {
    float alpha = neuron.alpha();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector e = exp(distance(neuron, h, i).mul(alpha).abs().neg());
      FloatVector onePlus = e.add(1);
      e.mul(alpha).div(onePlus.mul(onePlus)).intoArray(slope, i);
    }
  }

  /** e^x for x &lt;= 0, to about 1e-7 relative; e^-87 below -87. */
  private static FloatVector exp(FloatVector argument) {
    FloatVector least = broadcast(LEAST_EXPONENT);
    FloatVector x = argument.blend(least, argument.compare(VectorOperators.LT, least));
    FloatVector shifted = x.fma(broadcast(LOG2_E), broadcast(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), x);
    r = n.fma(broadcast(-LN2_LOW), r);
    // the minimax polynomial of Cephes' expf on [-ln2/2, ln2/2]
    FloatVector p = r.fma(broadcast(1.9875691500e-4f), broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1);
    IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }

  /** alpha / 2 / (1 + (pi/2 alpha u)^2). */
  private static void atan(Neuron neuron, float[] h, float[] slope, int length) {
    float factor = (float) (Math.PI / 2 * neuron.alpha());
    FloatVector half = broadcast(neuron.alpha() / 2);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = distance(neuron, h, i).mul(factor);
      half.div(x.mul(x).add(1)).intoArray(slope, i);
    }
  }

  /** alpha max(0, 1 - alpha |u|). */
  private static void triangle(Neuron neuron, float[] h, float[] slope, int length) {
    float alpha = neuron.alpha();
    FloatVector one = broadcast(1);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = one.sub(distance(neuron, h, i).mul(alpha).abs());
      x.max(0).mul(alpha).intoArray(slope, i);
    }
  }

  /** alpha where |u| &lt;= 1 / (2 alpha), else 0. */
  private static void rectangle(Neuron neuron, float[] h, float[] slope, int length) {
    FloatVector alpha = broadcast(neuron.alpha());
    FloatVector zero = broadcast(0);
    float reach = (float) (0.5 / neuron.alpha());
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector u = distance(neuron, h, i).abs();
      zero.blend(alpha, u.compare(VectorOperators.LE, reach)).intoArray(slope, i);
    }
  }
}
