package io.spikeformer.data.npy;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one number is stored in a NumPy array.
 *
 * @param kind {@code b} truth value, {@code i} and {@code u} whole numbers with and without sign,
 *     {@code f} floating point, {@code V} padding between the fields of a structure
 * @param bytes 1, 2, 4 or 8; padding has any number of them
 * @param order of the bytes
 */
public record NpyType(char kind, int bytes, ByteOrder order) {
  private static final Pattern TYPE = Pattern.compile("([<>|=])([biufV])([0-9]{1,4})");

  /** The type of a header's descr, such as {@code <f4}; empty if it is none of numbers. */
  public static Optional<NpyType> of(String descr) {
    Matcher matcher = TYPE.matcher(descr);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    char kind = matcher.group(2).charAt(0);
    int bytes = Integer.parseInt(matcher.group(3));
    boolean isKnown =
        switch (kind) {
          case 'b' -> bytes == 1;
          case 'f' -> bytes == 4 || bytes == 8;
          case 'V' -> bytes >= 1;
          default -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
        };
    boolean isBig = matcher.group(1).equals(">");
    return isKnown
        ? Optional.of(
            new NpyType(kind, bytes, isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN))
        : Optional.empty();
  }

  /** Whether it is padding, which holds no number. */
  public boolean isPadding() {
    return kind == 'V';
  }

  /** Whether it is a floating-point number. */
  public boolean isFloating() {
    return kind == 'f';
  }

  /** Whether it is a number that may be taken for a float: a floating-point or whole number. */
  public boolean isNumber() {
    return isFloating() || kind == 'i' || kind == 'u';
  }

  /**
   * Reads numbers that lie side by side, each to the nearest float.
   *
   * @param numbers holds them from its index 0, in any order
   * @param out receives them
   * @param begin where in out
   * @param count how many
   */
  void readFloats(ByteBuffer numbers, float[] out, int begin, int count) {
    ByteBuffer buffer = numbers.duplicate().order(order);
    if (isFloating() && bytes == Float.BYTES) {
      buffer.asFloatBuffer().get(out, begin, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      int at = i * bytes;
      out[begin + i] = isFloating() ? (float) buffer.getDouble(at) : whole(buffer, at);
    }
  }

  private float whole(ByteBuffer buffer, int at) {
    long value = integer(buffer, at);
    return kind == 'u' && value < 0 ? (float) 0x1p64 : value;
  }

  /**
   * Reads a column as whole numbers.
   *
   * @param elements holds the elements from its index 0, in any order
   * @param offset of this column within an element
   * @param stride bytes of an element
   * @param scale factor of a stored number
   * @param values receives one number for each entry
   * @return index of the first that is no whole number of 64 bits, or -1
   */
  public int readWhole(
      ByteBuffer elements, int offset, int stride, int scale, long[] values, int count) {
    ByteBuffer buffer = elements.duplicate().order(order);
    for (int i = 0, at = offset; i < count; i++, at += stride) {
      if (isFloating()) {
        double value = scale * (bytes == 4 ? buffer.getFloat(at) : buffer.getDouble(at));
        // a second is cut to whole microseconds; a number that is one already has to be whole
        double whole = scale == 1 ? value : Math.floor(value);
        values[i] = (long) whole;
        if (values[i] != whole || Math.abs(whole) >= 0x1p63) {
          return i;
        }
      } else {
        long value = integer(buffer, at);
        if ((kind == 'u' && bytes == 8 && value < 0)
            || Math.multiplyHigh(value, scale) != (value * scale) >> 63) {
          return i;
        }
        values[i] = value * scale;
      }
    }
    return -1;
  }

  private long integer(ByteBuffer buffer, int at) {
    boolean isSigned = kind == 'i';
    return switch (bytes) {
      case 1 -> isSigned ? buffer.get(at) : Byte.toUnsignedInt(buffer.get(at));
      case 2 -> isSigned ? buffer.getShort(at) : Short.toUnsignedInt(buffer.getShort(at));
      case 4 -> isSigned ? buffer.getInt(at) : Integer.toUnsignedLong(buffer.getInt(at));
      default -> buffer.getLong(at);
    };
  }

  /** The number stored at a place as text, for messages. */
  public String text(ByteBuffer elements, int at) {
    ByteBuffer buffer = elements.duplicate().order(order);
    if (isFloating()) {
      double value = bytes == 4 ? buffer.getFloat(at) : buffer.getDouble(at);
      return Text.format("%s", value);
    }
    long value = integer(buffer, at);
    return kind == 'u' ? Long.toUnsignedString(value) : Long.toString(value);
  }

  /** As NumPy calls it, for example uint8. */
  @Override
  public String toString() {
    String name =
        switch (kind) {
          case 'b' -> "bool";
          case 'V' -> "void";
          case 'i' -> "int";
          case 'u' -> "uint";
          default -> "float";
        };
    return kind == 'b' ? name : name + Byte.SIZE * bytes;
  }
}
