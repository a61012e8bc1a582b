package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.Text;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.train.DivergenceException;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Differences as integers of few bits, without bias (QSGD, Alistarh et al. 2017).
 *
 * <p>Values are coded in groups of {@value #GROUP}, the last one shorter. Of a group there are its
 * unit as bfloat16, then an integer of each value from -L to L: a byte with L = 127, or half a byte
 * with L = 7, the first value in the lower half. The unit is the least bfloat16 with L units &gt;=
 * the largest magnitude of the group. A value v becomes floor(v / unit + u) with u uniform in [0,
 * 1), so that its expectation is v.
 *
 * @param bits of an integer: 8 or 4
 */
record Quantiser(int bits) implements Serializable {
  /** Values that share a unit. */
  static final int GROUP = 1 << 10;

  private static final int BYTE = 0xff;
  private static final int HALF_BYTE = 0xf;
  private static final int DRAWN_AT_ONCE = 4;
  private static final int INFINITE = 0x7f800000;

  /** Validates the width. */
  Quantiser {
    if (bits != Byte.SIZE && bits != Byte.SIZE / 2) {
      throw new IllegalArgumentException(
          Text.format("quantised differences: expected 8 or 4 bits, found %d", bits));
    }
  }

  /** L, the largest integer. */
  int largest() {
    return (1 << (bits - 1)) - 1;
  }

  /** Bytes of some values. */
  int bytes(int count) {
    int whole = count / GROUP;
    int rest = count % GROUP;
    return whole * bytesOfGroup(GROUP) + (rest == 0 ? 0 : bytesOfGroup(rest));
  }

  private int bytesOfGroup(int count) {
    return Short.BYTES + (count * bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * Codes values.
   *
   * @param values [from, to) of these; each receives what its integer leaves of it, a magnitude
   *     below the unit, exact to 2^-24 of the unit
   * @param draw what the random numbers depend on, besides the place of a value
   * @param place of values[0] in the state
   * @param coded receives the bytes
   * @param at where they begin
   * @throws DivergenceException if a value is not finite, or too large for its unit
   */
  void code(float[] values, int from, int to, long draw, int place, byte[] coded, int at) {
    float[] drawn = new float[GROUP];
    byte[] integers = new byte[GROUP];
    int next = at;
    for (int group = from; group < to; group += GROUP) {
      int end = Math.min(to, group + GROUP);
      short unit = unit(values, group, end);
      coded[next] = (byte) unit;
      coded[next + 1] = (byte) (unit >>> Byte.SIZE);
      if (unit == 0) {
        Arrays.fill(integers, (byte) 0);
      } else {
        draw(new SeededRandom(SeededRandom.mix(draw, place + group)), drawn, end - group);
        round(values, group, end, DataType.fromBfloat16(unit), drawn, integers);
      }
      pack(integers, end - group, coded, next + Short.BYTES);
      next += bytesOfGroup(end - group);
    }
  }

  /** The unit of a group; 0 if all its values are 0. */
  private short unit(float[] values, int from, int to) {
    int bits = 0;
    for (int i = from; i < to; i++) {
      bits = Math.max(bits, Float.floatToRawIntBits(values[i]) & Integer.MAX_VALUE);
    }
    float magnitude = Float.intBitsToFloat(bits);
    int unit = (Float.floatToRawIntBits(magnitude / largest()) + 0xffff) >>> Short.SIZE;
    while (DataType.fromBfloat16((short) unit) * largest() < magnitude) {
      // the quotient was rounded down
      unit++;
    }
    if (bits >= INFINITE || !Float.isFinite(DataType.fromBfloat16((short) unit) * largest())) {
      throw new DivergenceException(
          Text.format(
              "expected parameters that change by finite amounts in a round, found %s",
              bits > INFINITE ? Float.NaN : magnitude));
    }
    return (short) unit;
  }

  /** Uniform in [0, 1) in steps of 2^-16. */
  private static void draw(SeededRandom random, float[] drawn, int count) {
    for (int i = 0; i < count; i += DRAWN_AT_ONCE) {
      long numbers = random.nextLong();
      drawn[i] = (numbers & 0xffff) * 0x1p-16f;
      drawn[i + 1] = (numbers >>> 16 & 0xffff) * 0x1p-16f;
      drawn[i + 2] = (numbers >>> 32 & 0xffff) * 0x1p-16f;
      drawn[i + 3] = (numbers >>> 48) * 0x1p-16f;
    }
  }

  private void round(float[] values, int from, int to, float unit, float[] drawn, byte[] integers) {
    // a cast rounds down what is not negative
    int offset = largest() + 1;
    for (int i = from; i < to; i++) {
      int integer = (int) (values[i] / unit + drawn[i - from] + offset) - offset;
      integers[i - from] = (byte) integer;
      values[i] -= integer * unit;
    }
  }

  private void pack(byte[] integers, int count, byte[] coded, int at) {
    if (bits == Byte.SIZE) {
      System.arraycopy(integers, 0, coded, at, count);
      return;
    }
    for (int i = 0; i < count / 2; i++) {
      coded[at + i] = (byte) (integers[2 * i] & HALF_BYTE | integers[2 * i + 1] << 4);
    }
    if (count % 2 == 1) {
      coded[at + count / 2] = (byte) (integers[count - 1] & HALF_BYTE);
    }
  }

  /**
   * The values of integers: integer * unit, exact.
   *
   * @param values receives them in [from, to)
   * @param coded what {@link #code} has made
   * @param at where they begin
   */
  void decode(byte[] coded, int at, float[] values, int from, int to) {
    int next = at;
    for (int group = from; group < to; group += GROUP) {
      int end = Math.min(to, group + GROUP);
      short bits = (short) (coded[next] & BYTE | coded[next + 1] << Byte.SIZE);
      float unit = DataType.fromBfloat16(bits);
      unpack(coded, next + Short.BYTES, unit, values, group, end);
      next += bytesOfGroup(end - group);
    }
  }

  private void unpack(byte[] coded, int at, float unit, float[] values, int from, int to) {
    if (bits == Byte.SIZE) {
      for (int i = from; i < to; i++) {
        values[i] = coded[at + i - from] * unit;
      }
      return;
    }
    int count = to - from;
    for (int i = 0; i < count / 2; i++) {
      int pair = coded[at + i];
      values[from + 2 * i] = lower(pair) * unit;
      values[from + 2 * i + 1] = (pair >> 4) * unit;
    }
    if (count % 2 == 1) {
      values[to - 1] = lower(coded[at + count / 2]) * unit;
    }
  }

  /** The integer in the lower half of a byte: moved to the upper end first, for its sign. */
  private static int lower(int pair) {
    return pair << 28 >> 28;
  }
}
