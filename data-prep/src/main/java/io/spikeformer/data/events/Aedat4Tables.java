package io.spikeformer.data.events;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The FlatBuffers tables of AEDAT 4.0 that are needed here. A damaged buffer makes them throw
 * {@link IndexOutOfBoundsException} or {@link IllegalArgumentException}.
 */
final class Aedat4Tables {
  static final String HEADER_IDENTIFIER = "IOHE";
  static final String EVENTS_IDENTIFIER = "EVTS";

  /** An event: int64 time, int16 x, int16 y, bool polarity, three bytes of padding. */
  static final int EVENT_BYTES = 16;

  static final int X = 8;
  static final int Y = 10;
  static final int POLARITY = 12;

  private static final int FIRST_FIELD = 4;
  private static final int SECOND_FIELD = 6;
  private static final int THIRD_FIELD = 8;

  private Aedat4Tables() {}

  private static boolean identifies(ByteBuffer buffer, String identifier) {
    for (int i = 0; i < identifier.length(); i++) {
      if (buffer.get(4 + i) != identifier.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The header: compression, place of the data table, description of the streams. */
  static final class Header extends Table {
    /** Reads a buffer that begins with the offset of its root table. */
    Header(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (!identifies(buffer, HEADER_IDENTIFIER)) {
        throw new IllegalArgumentException("another identifier");
      }
      __reset(buffer.getInt(0), buffer);
    }

    int compression() {
      int offset = __offset(FIRST_FIELD);
      return offset == 0 ? 0 : bb.getInt(bb_pos + offset);
    }

    long dataTablePosition() {
      int offset = __offset(SECOND_FIELD);
      return offset == 0 ? -1 : bb.getLong(bb_pos + offset);
    }

    /** The XML text, empty if there is none. */
    String infoNode() {
      int offset = __offset(THIRD_FIELD);
      if (offset == 0) {
        return "";
      }
      int start = __vector(offset);
      return StandardCharsets.UTF_8.decode(bb.slice(start, __vector_len(offset))).toString();
    }
  }

  /** A packet of events: one vector of fixed-size structures. */
  static final class Events extends Table {
    private int start;
    private int count;

    /**
     * Reads a packet.
     *
     * @param bytes holds the packet from index 4, behind its length
     * @param length bytes of the packet
     */
    void reset(byte[] bytes, int length) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 4, length).slice().order(ByteOrder.LITTLE_ENDIAN);
      if (!identifies(buffer, EVENTS_IDENTIFIER)) {
        throw new IllegalArgumentException("another identifier");
      }
      __reset(buffer.getInt(0), buffer);
      int offset = __offset(FIRST_FIELD);
      if (offset == 0) {
        start = 0;
        count = 0;
        return;
      }
      int vector = __vector(offset);
      int size = __vector_len(offset);
      if (vector < 0 || size < 0 || (long) vector + (long) size * EVENT_BYTES > length) {
        throw new IndexOutOfBoundsException("events beyond the end");
      }
      start = 4 + vector;
      count = size;
    }

    /** Index of the first event in the array that was given. */
    int start() {
      return start;
    }

    int count() {
      return count;
    }
  }
}
