package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import io.spikeformer.data.npy.NpyHeader;
import io.spikeformer.data.npy.NpyType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The columns of a one-dimensional array, of numbers or of structures of numbers.
 *
 * @param length elements
 * @param fields the columns: one without a name for a plain array
 * @param stride bytes from one element to the next
 */
record EventColumns(long length, List<Field> fields, int stride) {
  /** Most elements: 64 Gi events. They are streamed, so this bounds time, not memory. */
  static final long MAX_LENGTH = 1L << 36;

  private static final int MAX_STRIDE = 1024;
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

  /** Reads a member's header and leaves it at the first element. */
  static EventColumns read(ZipMember member) throws IOException, InvalidEventsException {
    NpyHeader header = NpyHeader.read(member);
    if (header.shape().size() != 1) {
      throw member.fault("expected a one-dimensional array, found " + header.text());
    }
    long length = header.shape().get(0);
    if (length > MAX_LENGTH) {
      throw member.fault(Text.format("expected at most %d events, found %d", MAX_LENGTH, length));
    }
    if (header.isStructured()) {
      return structured(header, length, member);
    }
    NpyType type = type(header.descr(), member);
    if (type.isPadding()) {
      throw unknown(header.descr(), member);
    }
    return new EventColumns(length, List.of(new Field("", type, 0)), type.bytes());
  }

  private static NpyType type(String descr, ZipMember member) throws InvalidEventsException {
    return NpyType.of(descr).orElseThrow(() -> unknown(descr, member));
  }

  private static InvalidEventsException unknown(String descr, ZipMember member) {
    return member.fault(
        Text.format("expected integers, floats or truth values, found type '%s'", descr));
  }

  private static EventColumns structured(NpyHeader header, long length, ZipMember member)
      throws InvalidEventsException {
    String descr = header.descr();
    List<Field> fields = new ArrayList<>();
    Matcher field = FIELD.matcher(descr).region(1, descr.length());
    int stride = 0;
    while (field.lookingAt()) {
      NpyType type = type(field.group(2), member);
      fields.add(new Field(field.group(1), type, stride));
      stride += type.bytes();
      field.region(field.end(), descr.length());
    }
    boolean isClosed = descr.startsWith("]", field.regionStart());
    fields.removeIf(each -> each.name().isEmpty() || each.type().isPadding());
    if (!isClosed || fields.isEmpty() || stride > MAX_STRIDE) {
      throw member.fault("expected fields of numbers in 'descr', found " + header.text());
    }
    return new EventColumns(length, List.copyOf(fields), stride);
  }
}
