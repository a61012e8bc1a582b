package io.spikeformer.model.torch;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Number formats of stored tensors; all little-endian. Those that are read are the first four. */
enum ElementType {
  FLOAT64(Double.BYTES, "DoubleStorage", "F64"),
  FLOAT32(Float.BYTES, "FloatStorage", "F32"),
  FLOAT16(Short.BYTES, "HalfStorage", "F16"),
  BFLOAT16(Short.BYTES, "BFloat16Storage", "BF16"),
  INT64(Long.BYTES, "LongStorage", "I64"),
  INT32(Integer.BYTES, "IntStorage", "I32"),
  INT16(Short.BYTES, "ShortStorage", "I16"),
  INT8(Byte.BYTES, "CharStorage", "I8"),
  UINT8(Byte.BYTES, "ByteStorage", "U8"),
  BOOL(Byte.BYTES, "BoolStorage", "BOOL"),
  UINT16(Short.BYTES, "", "U16"),
  UINT32(Integer.BYTES, "", "U32"),
  UINT64(Long.BYTES, "", "U64"),
  FLOAT8_E4M3(Byte.BYTES, "", "F8_E4M3"),
  FLOAT8_E5M2(Byte.BYTES, "", "F8_E5M2"),
  COMPLEX64(2 * Float.BYTES, "", "C64");

  private static final int HALF_SIGN = 0x8000;
  private static final int HALF_EXPONENT = 0x7c00;
  private static final int HALF_FRACTION = 0x03ff;
  private static final int FRACTION_SHIFT = 13;
  // the exponent's bias of binary32 less that of binary16, in place
  private static final int BIAS_DIFFERENCE = (127 - 15) << 23;
  private static final float LEAST_SUBNORMAL_HALF = 0x1p-24f;

  private final int bytes;
  private final String storage;
  private final String code;

  ElementType(int bytes, String storage, String code) {
    this.bytes = bytes;
    this.storage = storage;
    this.code = code;
  }

  /** Bytes of an element. */
  int bytes() {
    return bytes;
  }

  /** Name of PyTorch's class for a storage of these elements, in module torch, if it has one. */
  Optional<String> storage() {
    return storage.isEmpty() ? Optional.empty() : Optional.of(storage);
  }

  /** The word that safetensors uses. */
  String code() {
    return code;
  }

  /** Whether the elements are floating-point numbers that are read. */
  boolean floating() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
  }

  /** The element at an index, as float32 to the nearest. */
  float value(ByteBuffer elements, int index) {
    return switch (this) {
      case FLOAT64 -> (float) elements.getDouble(index * Double.BYTES);
      case FLOAT32 -> elements.getFloat(index * Float.BYTES);
      case FLOAT16 -> fromHalf(elements.getShort(index * Short.BYTES));
      case BFLOAT16 -> Float.intBitsToFloat(elements.getShort(index * Short.BYTES) << Short.SIZE);
      default -> throw new IllegalStateException(Text.format("%s is not read", this));
    };
  }

  /** Every binary16 is exact in binary32. */
  private static float fromHalf(short half) {
    int sign = (half & HALF_SIGN) << Short.SIZE;
    int exponent = half & HALF_EXPONENT;
    int fraction = half & HALF_FRACTION;
    int magnitude;
    if (exponent == HALF_EXPONENT) {
      magnitude = Float.floatToRawIntBits(Float.POSITIVE_INFINITY) | fraction << FRACTION_SHIFT;
    } else if (exponent == 0) {
      magnitude = Float.floatToRawIntBits(fraction * LEAST_SUBNORMAL_HALF);
    } else {
      magnitude = ((exponent | fraction) << FRACTION_SHIFT) + BIAS_DIFFERENCE;
    }
    return Float.intBitsToFloat(sign | magnitude);
  }
}
