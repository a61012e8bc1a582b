package io.spikeformer.model.kernel;

/** Element format of a {@link Tensor}. */
public enum DataType {
  /** IEEE binary32. */
  FLOAT32(4),
  /** The upper 16 bits of a binary32, rounded to nearest even. */
  BFLOAT16(2);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
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
