package io.spikeformer.data.events;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one number is stored in a NumPy array.
 *
 * @param kind `b` truth value, `i` and `u` integers, `f` floating point, `V` padding
 * @param bytes 1, 2, 4 or 8; padding has any
 * @param order of the bytes
 */
record NpyType(char kind, int bytes, ByteOrder order) {
  private static final Pattern TYPE = Pattern.compile("([<>|=])([biufV])([0-9]{1,4})");

  static NpyType parse(String text, ZipMember member) throws InvalidEventsException {
    Matcher matcher = TYPE.matcher(text);
    if (matcher.matches()) {
      char kind = matcher.group(2).charAt(0);
      int bytes = Integer.parseInt(matcher.group(3));
      boolean isKnown =
          switch (kind) {
            case 'b' -> bytes == 1;
            case 'f' -> bytes == 4 || bytes == 8;
            case 'V' -> bytes >= 1;
            default -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
          };
      if (isKnown) {
        boolean isBig = matcher.group(1).equals(">");
        return new NpyType(kind, bytes, isBig ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw unknown(text, member);
  }

  /** The fault of a type that holds no numbers. */
  static InvalidEventsException unknown(String text, ZipMember member) {
    return member.fault(
        "expected integers, floats or truth values, found type '%s'".formatted(text));
  }

  /**
   * Reads a column as whole numbers.
   *
   * @param elements holds the elements from its index 0, in any order
   * @param offset of this column within an element
   * @param stride bytes of an element
   * @param scale what a stored number is multiplied with
   * @param values receives one number for each entry
   * @return index of the first that is no whole number of 64 bits, or -1
   */
  int read(ByteBuffer elements, int offset, int stride, int scale, long[] values, int count) {
    ByteBuffer buffer = elements.duplicate().order(order);
    for (int i = 0, at = offset; i < count; i++, at += stride) {
      if (kind == 'f') {
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
      case 1 -> isSigned ? buffer.get(at) : buffer.get(at) & 0xff;
      case 2 -> isSigned ? buffer.getShort(at) : buffer.getShort(at) & 0xffff;
      case 4 -> isSigned ? buffer.getInt(at) : Integer.toUnsignedLong(buffer.getInt(at));
      default -> buffer.getLong(at);
    };
  }

  /** The stored number as text, for messages. */
  String text(ByteBuffer elements, int at) {
    ByteBuffer buffer = elements.duplicate().order(order);
    if (kind == 'f') {
      double value = bytes == 4 ? buffer.getFloat(at) : buffer.getDouble(at);
      return String.format(Locale.ROOT, "%s", value);
    }
    long value = integer(buffer, at);
    return kind == 'u' ? Long.toUnsignedString(value) : Long.toString(value);
  }
}
