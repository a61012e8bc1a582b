package io.spikeformer.model.chip;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.Optional;

/** Integers whose channels do not fill whole bytes, so that neurons hand them on as numbers. */
final class PaddedIntegers {
  // numbers of 16 bits are no farther from multiples of a unit
  private static final float ROUNDING = 0.02f;

  private PaddedIntegers() {}

  /** Channels rounded up to whole bytes. */
  static int channels(int channels) {
    return (channels + DataType.PER_BYTE - 1) / DataType.PER_BYTE * DataType.PER_BYTE;
  }

  /** The integers without a padding; numbers between them are rounded. */
  static byte[] integers(Tensor numbers, float unit) {
    float[] values = numbers.toArray();
    byte[] integers = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (byte) Math.round(values[i] / unit);
    }
    return integers;
  }

  /**
   * The same as planes of bits, with zeros in the channels that are missing.
   *
   * @param numbers [..., C]: integers 0..levels times a unit
   * @return the caller's; empty if they are other numbers
   */
  static Optional<Tensor> planes(Tensor numbers, int levels, float unit) {
    float[] values = numbers.toArray();
    int own = numbers.channels();
    int all = channels(own);
    float[] padded = new float[values.length / own * all];
    for (int i = 0; i < values.length; i++) {
      float n = values[i] / unit;
      if (!(Math.abs(n - Math.round(n)) <= ROUNDING) || n < 0 || Math.round(n) > levels) {
        return Optional.empty();
      }
      padded[i / own * all + i % own] = values[i];
    }
    long[] shape = numbers.shape();
    shape[shape.length - 1] = all;
    Tensor planes = Tensor.allocateIntegers(levels, unit, shape);
    planes.put(padded);
    return Optional.of(planes);
  }

  /** Spikes of a slot, from 0, in the form of the numbers: 0, or the unit. */
  static Tensor slot(Tensor numbers, int slot, float unit) {
    float[] values = numbers.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] > unit * (slot + 0.5f) ? unit : 0;
    }
    return Tensor.of(values, numbers.shape());
  }
}
