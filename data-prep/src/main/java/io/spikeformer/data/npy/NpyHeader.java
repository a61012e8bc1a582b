package io.spikeformer.data.npy;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an array in NumPy's {@code .npy} form, versions 1 to 3.
 *
 * <p>It is: the magic bytes, two bytes of version, the length of the dictionary (little-endian, 2
 * bytes in version 1 and 4 after), and a Python dictionary of three keys.
 *
 * @param text the dictionary, for messages
 * @param descr how an element is stored: a type without its quotes, or a list of fields
 * @param fortranOrder whether the first dimension is the innermost one
 * @param shape sizes of the dimensions, each below 10^18; empty for a single number
 */
public record NpyHeader(String text, String descr, boolean fortranOrder, List<Long> shape) {
  private static final int NEWEST_VERSION = 3;
  private static final int MAX_BYTES = 1 << 16;
  private static final String MAGIC = "\u0093NUMPY";

  /** Possessive throughout: a header takes time in proportion to its length, whatever it holds. */
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*+(?:'descr'\\s*+:\\s*+(?<descr>'[^']*+'|\\[(?:[^]']|'[^']*+')*+])"
              + "|'fortran_order'\\s*+:\\s*+(?<order>True|False)"
              + "|'shape'\\s*+:\\s*+\\((?<shape>[^()]*+)\\))\\s*+,?+\\s*+");

  private static final Pattern SHAPE =
      Pattern.compile("(?:\\d{1,18}+(?:\\s*+,\\s*+\\d{1,18}+)*+\\s*+,?+)?");

  /** The magic bytes, with which every such array begins. */
  static byte[] magic() {
    return MAGIC.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether an element is a structure of fields. */
  public boolean isStructured() {
    return descr.startsWith("[");
  }

  /**
   * Reads a header and leaves the source at the first element.
   *
   * @throws X naming what is wrong with it
   */
  public static <X extends Exception> NpyHeader read(NpySource<X> source) throws IOException, X {
    byte[] magic = magic();
    byte[] start = source.take(magic.length + 2 + Short.BYTES);
    if (!Arrays.equals(start, 0, magic.length, magic, 0, magic.length)) {
      throw source.fault("expected a .npy array, found other bytes");
    }
    int version = start[magic.length];
    if (version < 1 || version > NEWEST_VERSION) {
      throw source.fault(
          Text.format("expected .npy format version 1 to %d, found %d", NEWEST_VERSION, version));
    }
    byte[] more = version == 1 ? new byte[Short.BYTES] : source.take(Short.BYTES);
    int length =
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(start, start.length - Short.BYTES, Short.BYTES)
            .put(more)
            .getInt(0);
    if (length < 0 || length > MAX_BYTES) {
      throw source.fault(
          Text.format(
              "expected a header of at most %d bytes, found %s",
              MAX_BYTES, Integer.toUnsignedString(length)));
    }
    return parse(new String(source.take(length), StandardCharsets.UTF_8).strip(), source);
  }

  private static <X extends Exception> NpyHeader parse(String text, NpySource<X> source) throws X {
    String descr = null;
    String order = null;
    String shape = null;
    Matcher item = ITEM.matcher(text).region(Math.min(1, text.length()), text.length());
    while (item.lookingAt()) {
      descr = item.group("descr") == null ? descr : item.group("descr");
      order = item.group("order") == null ? order : item.group("order");
      shape = item.group("shape") == null ? shape : item.group("shape").strip();
      item.region(item.end(), text.length());
    }
    boolean isWhole = text.startsWith("{") && text.substring(item.regionStart()).equals("}");
    if (!isWhole || descr == null || order == null || shape == null) {
      throw source.fault("expected a header with descr, fortran_order and shape, found " + text);
    }
    if (!SHAPE.matcher(shape).matches()) {
      throw source.fault("expected a shape such as (8, 32, 32, 3), found (" + shape + ")");
    }
    List<Long> sizes =
        Arrays.stream(shape.split(","))
            .map(String::strip)
            .filter(size -> !size.isEmpty())
            .map(Long::valueOf)
            .toList();
    return new NpyHeader(
        text,
        descr.startsWith("'") ? descr.substring(1, descr.length() - 1) : descr,
        order.equals("True"),
        sizes);
  }
}
