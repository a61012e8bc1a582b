package io.spikeformer.model.kernel;

/** Element format of a {@link Tensor}. */
public enum DataType {
  /** IEEE binary32. */
  FLOAT32(32),
  /** The upper 16 bits of a binary32, rounded to nearest even. */
  BFLOAT16(16),
  /**
   * 0 or 1: element i is bit i mod 8, counted from the lowest, of byte i / 8, so that a 64-bit word
   * holds 64 neighbours, the first in its lowest bit. Every value except 0 is stored as 1. Needs
   * whole bytes: channels and the beginnings of slices are multiples of {@link #PER_BYTE}.
   */
  BIT(1);

  /** Elements of {@link #BIT} in a byte. */
  public static final int PER_BYTE = 8;

  private final int bits;

  DataType(int bits) {
    this.bits = bits;
  }

  /** Bytes of that many elements, which must fill whole bytes. */
  public long byteSize(long elements) {
    return Math.multiplyExact(elements, bits) / Byte.SIZE;
  }

  /** The upper half of the binary32 nearest to the value, ties to even; NaN stays NaN. */
  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The binary32 whose upper half is given. */
  public static float fromBfloat16(short half) {
    return Float.intBitsToFloat(half << 16);
  }
}
