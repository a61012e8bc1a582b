package io.spikeformer.data.events;

import java.io.ByteArrayOutputStream;

/**
 * A binary arithmetic coder: narrows [low, high] by each bit's probability and writes the leading
 * bytes on which both ends agree.
 */
final class ArithmeticEncoder {
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private int low;
  private int high = -1;

  /**
   * Writes one bit.
   *
   * @param bit 0 or 1
   * @param one probability of a 1 in 1/65536, 1 to 65535
   */
  void encode(int bit, int one) {
    int middle = split(low, high, one);
    if (bit != 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
    while ((low ^ high) >>> 24 == 0) {
      output.write(low >>> 24);
      low <<= 8;
      high = high << 8 | 0xff;
    }
  }

  /** The code; nothing can be added to it. */
  byte[] finish() {
    for (int shift = 24; shift >= 0; shift -= 8) {
      output.write(low >>> shift);
    }
    return output.toByteArray();
  }

  /** The last number of the part that stands for a 1. */
  static int split(int low, int high, int one) {
    long range = Integer.toUnsignedLong(high) - Integer.toUnsignedLong(low);
    return low + (int) (range * one >>> 16);
  }
}
