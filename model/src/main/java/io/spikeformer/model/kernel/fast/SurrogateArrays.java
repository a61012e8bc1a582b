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
  // broadcast once: inside a loop they would outgrow what the compiler inlines
  private static final FloatVector LOG2_E = broadcast(1.44269504f);
  // minus ln 2 in two parts, so that n * MINUS_LN2_HIGH is exact
  private static final FloatVector MINUS_LN2_HIGH = broadcast(-0.693359375f);
  private static final FloatVector MINUS_LN2_LOW = broadcast(2.12194440e-4f);
  // adding it rounds a float to an integer, which then stands in the low bits
  private static final FloatVector ROUNDER = broadcast(12582912f);
  // below it the result is not a normal number any more
  private static final FloatVector LEAST_EXPONENT = broadcast(-87f);
  private static final FloatVector ONE = broadcast(1);
  // the minimax polynomial of Cephes' expf on [-ln2/2, ln2/2]
  private static final FloatVector C5 = broadcast(1.9875691500e-4f);
  private static final FloatVector C4 = broadcast(1.3981999507e-3f);
  private static final FloatVector C3 = broadcast(8.3334519073e-3f);
  private static final FloatVector C2 = broadcast(4.1665795894e-2f);
  private static final FloatVector C1 = broadcast(1.6666665459e-1f);
  private static final FloatVector C0 = broadcast(5.0000001201e-1f);

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

  /**
   * alpha e / (1 + e)^2 with e = exp(-|alpha u|), to about 1e-6 relative.
   *
   * <p>Three short loops over an array in the first level cache: one long loop would outgrow what
   * the compiler inlines, and every vector would become an object.
   */
  private static void sigmoid(Neuron neuron, float[] h, float[] slope, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = exponent(neuron, h, i);
      FloatVector n = x.fma(LOG2_E, ROUNDER).sub(ROUNDER);
      n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x)).intoArray(slope, i);
    }
    exponentials(slope, length);
    FloatVector alpha = broadcast(neuron.alpha());
    for (int i = 0; i < length; i += Lanes.COUNT) {
      IntVector bits = exponent(neuron, h, i).fma(LOG2_E, ROUNDER).reinterpretAsInts();
      IntVector fraction = FloatVector.fromArray(Lanes.FLOATS, slope, i).reinterpretAsInts();
      FloatVector e = fraction.add(bits.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
      FloatVector onePlus = e.add(ONE);
      e.mul(alpha).div(onePlus.mul(onePlus)).intoArray(slope, i);
    }
  }

  /** -|alpha u|, not below what leaves a normal number. */
  private static FloatVector exponent(Neuron neuron, float[] h, int i) {
    return distance(neuron, h, i).mul(neuron.alpha()).abs().neg().max(LEAST_EXPONENT);
  }

  /** x = e^x for |x| &lt;= ln 2 / 2. */
  private static void exponentials(float[] x, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector r = FloatVector.fromArray(Lanes.FLOATS, x, i);
      FloatVector p = r.fma(C5, C4).fma(r, C3).fma(r, C2).fma(r, C1).fma(r, C0);
      p.fma(r.mul(r), r).add(ONE).intoArray(x, i);
    }
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
