package io.spikeformer.jobs.infer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a number lies in a NumPy array.
 *
 * @param kind f for floating point, i and u for whole numbers with and without sign
 * @param bytes of a number: 4 or 8 of a float, 1, 2, 4 or 8 of a whole number
 * @param order of the bytes
 */
record NpyNumber(char kind, int bytes, ByteOrder order) {
  private static final Pattern DESCRIPTION = Pattern.compile("([<>|=])(f[48]|[iu][1248])");

  /** The numbers of a header's descr, such as {@code <f4}; empty if they are not read. */
  static Optional<NpyNumber> of(String description) {
    Matcher matcher = DESCRIPTION.matcher(description);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean big = matcher.group(1).equals(">");
    return Optional.of(
        new NpyNumber(
            matcher.group(2).charAt(0),
            matcher.group(2).charAt(1) - '0',
            big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
  }

  boolean floating() {
    return kind == 'f';
  }

  /** The numbers of a buffer in this number's order, as float32 to the nearest. */
  void read(ByteBuffer numbers, float[] out, int begin, int count) {
    numbers.order(order);
    if (floating() && bytes == Float.BYTES) {
      numbers.asFloatBuffer().get(out, begin, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      out[begin + i] = value(numbers, i * bytes);
    }
  }

  private float value(ByteBuffer numbers, int at) {
    boolean signed = kind == 'i';
    return switch (bytes) {
      case 1 -> signed ? numbers.get(at) : Byte.toUnsignedInt(numbers.get(at));
      case 2 -> signed ? numbers.getShort(at) : Short.toUnsignedInt(numbers.getShort(at));
      case 4 -> signed ? numbers.getInt(at) : Integer.toUnsignedLong(numbers.getInt(at));
      default -> floating() ? (float) numbers.getDouble(at) : whole(numbers.getLong(at));
    };
  }

  private float whole(long value) {
    return kind == 'u' && value < 0 ? (float) 0x1p64 : value;
  }

  /** As NumPy calls it, for example uint8. */
  @Override
  public String toString() {
    return (floating() ? "float" : kind == 'i' ? "int" : "uint") + Byte.SIZE * bytes;
  }
}
