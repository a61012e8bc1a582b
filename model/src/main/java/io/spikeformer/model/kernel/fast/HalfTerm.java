package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A float32 as the sum of three bfloat16, whose 8 significant bits each make up its 24: the sum is
 * exact for normal numbers whose last bit is normal too.
 *
 * <p>So a product of spikes, which are exact in bfloat16, and of float32 is the float32 sum of
 * three products in bfloat16. With AMX these take a third to two thirds of the time.
 */
enum HalfTerm {
  /** The number itself. */
  WHOLE(0),
  /** The nearest bfloat16. */
  FIRST(0),
  /** The nearest bfloat16 to what {@link #FIRST} leaves. */
  SECOND(1),
  /** What {@link #FIRST} and {@link #SECOND} leave. */
  THIRD(2);

  /** A number as it is. */
  static final List<HalfTerm> ONE = List.of(WHOLE);

  /** A number in bfloat16. */
  static final List<HalfTerm> THREE = List.of(FIRST, SECOND, THIRD);

  private static final int HALF_UNIT = 0x7fff;

  private final int before;

  HalfTerm(int before) {
    this.before = before;
  }

  /** Whether it begins a sum, to which the others add. */
  boolean begins() {
    return before == 0;
  }

  /**
   * Writes this term of numbers.
   *
   * @param numbers float32
   * @param term bfloat16 or float32, as many
   */
  void write(Tensor numbers, Tensor term) {
    boolean half = term.type() == DataType.BFLOAT16;
    long all = numbers.elements();
    for (long from = 0; from < all; from += Span.MOST) {
      int count = (int) Math.min(Span.MOST, all - from);
      write(numbers.bytes(from, count), term.bytes(from, count), half, before, count);
    }
  }

  private static void write(
      ByteBuffer numbers, ByteBuffer term, boolean half, int before, int count) {
    int whole = Lanes.roundDown(count);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector left = Lanes.at(numbers, i);
      for (int k = 0; k < before; k++) {
        left = left.sub(rounded(left));
      }
      Lanes.put(half, half ? left : rounded(left), term, i);
    }
    for (int i = whole; i < count; i++) {
      float left = numbers.getFloat(Float.BYTES * i);
      for (int k = 0; k < before; k++) {
        left -= DataType.fromBfloat16(DataType.toBfloat16(left));
      }
      short bits = DataType.toBfloat16(left);
      if (half) {
        term.putShort(Short.BYTES * i, bits);
      } else {
        term.putFloat(Float.BYTES * i, DataType.fromBfloat16(bits));
      }
    }
  }

  /** The nearest bfloat16, ties to even. */
  private static FloatVector rounded(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector even = bits.lanewise(VectorOperators.LSHR, Short.SIZE).and(1);
    return bits.add(even)
        .add(HALF_UNIT)
        .lanewise(VectorOperators.LSHR, Short.SIZE)
        .lanewise(VectorOperators.LSHL, Short.SIZE)
        .reinterpretAsFloats();
  }
}
