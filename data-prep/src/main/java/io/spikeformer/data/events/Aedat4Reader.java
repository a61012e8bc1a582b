package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import io.spikeformer.data.events.PacketDecoder.DecodeException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads the events of an AEDAT 4.0 file once from its first byte to its last, one packet in memory
 * at a time. The data table at the end is not needed and not read; packets of other streams are
 * passed over.
 *
 * <p>Behind the header follow packets: int32 stream, int32 size, and so many bytes, which after
 * decompression are an int32 length and a FlatBuffer.
 */
final class Aedat4Reader implements EventReader {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int PACKET_HEADER = 8;

  private final CountingStream input;
  private final Aedat4Header header;
  private final PacketDecoder decoder;
  private final PacketBuffer packet = new PacketBuffer();
  private final PacketBuffer content = new PacketBuffer();
  private final Aedat4Tables.Events events = new Aedat4Tables.Events();
  private final byte[] packetHeader = new byte[PACKET_HEADER];

  /** Byte of the file at which the current packet begins. */
  private long packetStart;

  /** Packets of events that were taken. */
  private int packets;

  private int next;
  private int count;
  private long latest = Long.MIN_VALUE;

  /**
   * Reads the header; the file is closed by {@link #close}, not by a failure here.
   *
   * @param stream number of the stream of events; without one, the lowest
   */
  Aedat4Reader(CountingStream input, OptionalInt stream)
      throws IOException, InvalidEventsException {
    this.input = input;
    this.header = Aedat4Header.read(input, stream);
    this.decoder = header.compression().newDecoder();
  }

  @Override
  public SensorSize sensor() {
    return header.sensor();
  }

  @Override
  public boolean read(EventBatch batch) throws IOException, InvalidEventsException {
    batch.resize(0);
    while (next == count) {
      if (!nextPacket()) {
        return false;
      }
    }
    int size = copy(batch, Math.min(batch.capacity(), count - next));
    batch.resize(size);
    next += size;
    return true;
  }

  @Override
  public EventSpan countRemaining() throws IOException, InvalidEventsException {
    long total = 0;
    long first = 0;
    long last = 0;
    do {
      int remaining = count - next;
      if (remaining > 0) {
        byte[] bytes = content.bytes();
        long packetFirst = (long) LONG.get(bytes, position(next));
        long packetLast = (long) LONG.get(bytes, position(count - 1));
        requireOrder(total == 0 ? latest : last, packetFirst, next);
        requireOrder(packetFirst, packetLast, count - 1);
        first = total == 0 ? packetFirst : first;
        last = packetLast;
        total += remaining;
        next = count;
      }
    } while (nextPacket());
    return new EventSpan(total, first, last);
  }

  /** Checks and copies events of the current packet: up to a bad one, which must not be next. */
  private int copy(EventBatch batch, int size) throws InvalidEventsException {
    byte[] bytes = content.bytes();
    long[] micros = batch.micros();
    short[] columns = batch.x();
    short[] rows = batch.y();
    byte[] polarities = batch.polarity();
    int height = header.sensor().height();
    int width = header.sensor().width();
    long previous = latest;
    int at = position(next);
    for (int i = 0; i < size; i++, at += Aedat4Tables.EVENT_BYTES) {
      long time = (long) LONG.get(bytes, at);
      short x = (short) SHORT.get(bytes, at + Aedat4Tables.X);
      short y = (short) SHORT.get(bytes, at + Aedat4Tables.Y);
      byte polarity = bytes[at + Aedat4Tables.POLARITY];
      boolean outside = x < 0 || x >= width || y < 0 || y >= height;
      if (time < previous || outside || (polarity & ~1) != 0) {
        if (i == 0) {
          throw invalid(next, previous);
        }
        latest = previous;
        return i;
      }
      micros[i] = time;
      columns[i] = x;
      rows[i] = y;
      polarities[i] = polarity;
      previous = time;
    }
    latest = previous;
    return size;
  }

  private InvalidEventsException invalid(int event, long previous) throws InvalidEventsException {
    byte[] bytes = content.bytes();
    int at = position(event);
    requireOrder(previous, (long) LONG.get(bytes, at), event);
    short x = (short) SHORT.get(bytes, at + Aedat4Tables.X);
    short y = (short) SHORT.get(bytes, at + Aedat4Tables.Y);
    if (!sensor().contains(x, y)) {
      return fault(
          Text.format(
              "event %d outside of the sensor: %s, found (%d, %d)", event, sensor().rule(), x, y));
    }
    return fault(
        Text.format(
            "event %d: expected polarity 0 or 1, found %d",
            event, bytes[at + Aedat4Tables.POLARITY]));
  }

  private void requireOrder(long previous, long time, int event) throws InvalidEventsException {
    if (time < previous) {
      throw damage(
          Text.format(
              "event %d goes back in time: expected at least %d us, found %d us",
              event, previous, time));
    }
  }

  private int position(int event) {
    return events.start() + event * Aedat4Tables.EVENT_BYTES;
  }

  /** Goes to the next packet of events; false where they end. */
  private boolean nextPacket() throws IOException, InvalidEventsException {
    next = 0;
    count = 0;
    while (true) {
      packetStart = input.offset();
      if (packetStart == header.end()) {
        return false;
      }
      int got = input.readNBytes(packetHeader, 0, PACKET_HEADER);
      if (got == 0 && header.end() == Long.MAX_VALUE) {
        return false;
      }
      if (got < PACKET_HEADER) {
        throw input.damage(
            packetStart,
            Text.format(
                "file is cut inside a packet's header, behind %d packets of events: expected %d"
                    + " bytes, found %d",
                packets, PACKET_HEADER, got));
      }
      int stream = Aedat4Header.littleEndian(packetHeader);
      int size = (int) ((long) LONG.get(packetHeader, 0) >> Integer.SIZE);
      if (size < 0 || size > header.end() - input.offset()) {
        throw input.damage(
            packetStart,
            Text.format(
                "packet size, behind %d packets of events: expected 0 to %d bytes, found %d",
                packets, Math.min(header.end() - input.offset(), PacketBuffer.LIMIT), size));
      }
      if (stream == header.stream()) {
        load(size);
        packets++;
        return true;
      }
      input.skipFully(size, Text.format("a packet of stream %d", stream));
    }
  }

  private void load(int size) throws IOException, InvalidEventsException {
    try {
      packet.reserve(0, size);
      input.readFully(packet.bytes(), size, Text.format("packet %d of events", packets));
      int length = decoder.decode(packet.bytes(), size, content);
      int declared = length < 4 ? -1 : Aedat4Header.littleEndian(content.bytes());
      if (declared != length - 4) {
        throw damage(
            Text.format("expected %d bytes behind its length, found %d", declared, length - 4));
      }
      events.reset(content.bytes(), declared);
      count = events.count();
    } catch (DecodeException failure) {
      throw damage(failure.getMessage());
    } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
      throw damage("expected a FlatBuffer EVTS, found damaged bytes");
    }
  }

  private InvalidEventsException fault(String what) {
    return input.fault(packetStart, Text.format("packet %d of events, %s", current(), what));
  }

  private DamagedEventsException damage(String what) {
    return input.damage(packetStart, Text.format("packet %d of events, %s", current(), what));
  }

  /** Number of the packet of events that is being read, from 0, or of the next one. */
  private int current() {
    return count > 0 ? packets - 1 : packets;
  }

  @Override
  public List<String> notes() {
    return header.choice().map(List::of).orElse(List.of());
  }

  @Override
  public void close() throws IOException {
    decoder.close();
    input.close();
  }
}
