package io.spikeformer.model.kernel.fast;

import static io.spikeformer.model.kernel.fast.Lanes.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Powers of two with a relative error below 1e-6 and with the same bits on every machine: only
 * additions, products and fused products, each correctly rounded.
 */
final class Exponential {
  // adding it rounds a float to an integer, which then stands in the low bits
  private static final FloatVector ROUNDER = broadcast(12582912f);
  // below it the result is not a normal number any more
  private static final FloatVector LEAST_EXPONENT = broadcast(-125f);
  // broadcast once: inside a loop they would outgrow what the compiler inlines
  private static final FloatVector ONE = broadcast(1);
  // 2^r on [-1/2, 1/2]: least squares at the Chebyshev nodes with C0 = 1, relative error 1e-7
  private static final FloatVector C5 = broadcast(1.3218672e-3f);
  private static final FloatVector C4 = broadcast(9.6716983e-3f);
  private static final FloatVector C3 = broadcast(5.5508930e-2f);
  private static final FloatVector C2 = broadcast(2.4022238e-1f);
  private static final FloatVector C1 = broadcast(6.9314688e-1f);

  private Exponential() {}

  /** 2^x for x &lt;= 0; of exponents below -125 that of -125. */
  static FloatVector ofNegative(FloatVector x) {
    FloatVector exponent = x.max(LEAST_EXPONENT);
    FloatVector shifted = exponent.add(ROUNDER);
    FloatVector r = exponent.sub(shifted.sub(ROUNDER));
    FloatVector fraction = r.fma(C5, C4).fma(r, C3).fma(r, C2).fma(r, C1).fma(r, ONE);
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return fraction.reinterpretAsInts().add(power).reinterpretAsFloats();
  }
}
