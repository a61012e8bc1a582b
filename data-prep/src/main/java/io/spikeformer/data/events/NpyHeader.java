package io.spikeformer.data.events;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a `.npy` member: one-dimensional, of numbers or of structures of numbers.
 *
 * @param length elements
 * @param fields the columns: one without a name for a plain array
 * @param stride bytes from one element to the next
 */
record NpyHeader(long length, List<Field> fields, int stride) {
  /** Most elements: 64 Gi events. They are streamed, so this bounds time, not memory. */
  static final long MAX_LENGTH = 1L << 36;

  private static final int MAX_HEADER = 1 << 16;
  private static final int MAX_STRIDE = 1024;
  private static final String MAGIC = "\u0093NUMPY";
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*+:\\s*+");
  private static final Pattern SHAPE =
      Pattern.compile("'shape'\\s*+:\\s*+\\(\\s*+([0-9]{1,18}+)\\s*+,\\s*+\\)");
  private static final Pattern PLAIN = Pattern.compile("'([^']{1,16}+)'");
  private static final Pattern FIELD =
      Pattern.compile("\\(\\s*+'([^']{0,64}+)'\\s*+,\\s*+'([^']{1,16}+)'\\s*+\\)\\s*+,?+\\s*+");

  /**
   * One column.
   *
   * @param name field name, empty for a plain array
   * @param type how its numbers are stored
   * @param offset bytes from an element's beginning
   */
  record Field(String name, NpyType type, int offset) {}

  boolean isStructured() {
    return !fields.get(0).name().isEmpty();
  }

  /** Reads a header and leaves the stream at the first element. */
  static NpyHeader read(ZipMember member) throws IOException, InvalidEventsException {
    byte[] start = new byte[MAGIC.length() + 4];
    member.readFully(start, start.length, "the header");
    if (!new String(start, 0, MAGIC.length(), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw member.fault("expected a .npy array, found other bytes");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw member.fault("expected .npy version 1 to 3, found " + version);
    }
    int length = (start[8] & 0xff) | (start[9] & 0xff) << 8;
    if (version > 1) {
      byte[] more = new byte[2];
      member.readFully(more, more.length, "the header");
      length |= (more[0] & 0xff) << 16 | (more[1] & 0xff) << 24;
    }
    if (length < 0 || length > MAX_HEADER) {
      throw member.fault(
          ".npy header: expected at most %d bytes, found %d".formatted(MAX_HEADER, length));
    }
    byte[] text = new byte[length];
    member.readFully(text, length, "the header");
    return parse(new String(text, StandardCharsets.ISO_8859_1).strip(), member);
  }

  private static NpyHeader parse(String text, ZipMember member) throws InvalidEventsException {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.find()) {
      throw member.fault("expected a one-dimensional array, found " + text);
    }
    long length = Long.parseLong(shape.group(1));
    if (length > MAX_LENGTH) {
      throw member.fault("expected at most %d events, found %d".formatted(MAX_LENGTH, length));
    }
    Matcher descr = DESCR.matcher(text);
    if (!descr.find()) {
      throw member.fault("expected a 'descr' in the .npy header, found " + text);
    }
    int at = descr.end();
    if (text.startsWith("[", at)) {
      return structured(text, at + 1, length, member);
    }
    Matcher plain = PLAIN.matcher(text).region(at, text.length());
    if (!plain.lookingAt()) {
      throw member.fault("expected a number type in 'descr', found " + text);
    }
    NpyType type = NpyType.parse(plain.group(1), member);
    if (type.kind() == 'V') {
      // only between the fields of structures is it padding
      throw NpyType.unknown(plain.group(1), member);
    }
    return new NpyHeader(length, List.of(new Field("", type, 0)), type.bytes());
  }

  private static NpyHeader structured(String text, int from, long length, ZipMember member)
      throws InvalidEventsException {
    List<Field> fields = new ArrayList<>();
    Matcher field = FIELD.matcher(text).region(from, text.length());
    int stride = 0;
    while (field.lookingAt()) {
      NpyType type = NpyType.parse(field.group(2), member);
      fields.add(new Field(field.group(1), type, stride));
      stride += type.bytes();
      field.region(field.end(), text.length());
    }
    boolean isClosed = text.startsWith("]", field.regionStart());
    fields.removeIf(each -> each.name().isEmpty() || each.type().kind() == 'V');
    if (!isClosed || fields.isEmpty() || stride > MAX_STRIDE) {
      throw member.fault("expected fields of numbers in 'descr', found " + text);
    }
    return new NpyHeader(length, List.copyOf(fields), stride);
  }
}
