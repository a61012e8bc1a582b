package io.spikeformer.train.watch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * The records of a TensorBoard event file: TFRecord framing (length, masked CRC-32C of the length,
 * data, masked CRC-32C of the data) around Event messages of event.proto, which hold Summary
 * messages of summary.proto.
 *
 * <p>The records of a file are in the order of time, also where another host with a slower clock
 * has gone on. None is earlier than one that was read or made before.
 */
final class EventRecords implements Pieces {
  private static final String VERSION = "brain.Event:2";
  private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES;
  private static final int TIME_AT = HEAD_BYTES + 1;
  private static final int MOST_BYTES = 1 << 24;
  private static final int MASK_SHIFT = 15;
  private static final int MASK_DELTA = 0xa282ead8;
  private static final double MILLISECONDS = 1e3;

  // Event
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  // Summary and its Value
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private final LongSupplier clock;
  private double latest;

  EventRecords() {
    this(System::currentTimeMillis);
  }

  /** Records at the times of another clock, in milliseconds since 1970. */
  EventRecords(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public byte[] header() {
    if (latest == 0) {
      // else it may stand before a record that was made already
      advance();
    }
    return record(event(-1).text(FILE_VERSION, VERSION).toByteArray());
  }

  /** An event of scalars by tag, at a step. */
  byte[] scalars(long step, Map<String, Double> values) {
    advance();
    ProtoMessage summary = new ProtoMessage();
    values.forEach(
        (tag, value) ->
            summary.message(
                VALUE, new ProtoMessage().text(TAG, tag).real(SIMPLE_VALUE, value.floatValue())));
    return record(event(step).message(SUMMARY, summary).toByteArray());
  }

  /** The time, and the step unless it is negative: always first, so that it is found again. */
  private ProtoMessage event(long step) {
    ProtoMessage event = new ProtoMessage().real(WALL_TIME, latest);
    return step < 0 ? event : event.number(STEP, step);
  }

  private void advance() {
    latest = Math.max(latest, clock.getAsLong() / MILLISECONDS);
  }

  private static byte[] record(byte[] data) {
    ByteBuffer record = ProtoMessage.littleEndian(HEAD_BYTES + data.length + Integer.BYTES);
    record.putLong(data.length);
    record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(maskedCrc(data, 0, data.length));
    return record.array();
  }

  private static int maskedCrc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), MASK_SHIFT) + MASK_DELTA;
  }

  @Override
  public byte[] next(InputStream in) throws IOException {
    byte[] head = in.readNBytes(HEAD_BYTES);
    if (head.length < HEAD_BYTES) {
      return null;
    }
    ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    long length = numbers.getLong();
    if (numbers.getInt() != maskedCrc(head, 0, Long.BYTES) || length < 0 || length > MOST_BYTES) {
      return null;
    }
    byte[] data = in.readNBytes((int) length);
    byte[] crc = in.readNBytes(Integer.BYTES);
    if (data.length < length || crc.length < Integer.BYTES) {
      return null;
    }
    ByteBuffer end = ByteBuffer.wrap(crc).order(ByteOrder.LITTLE_ENDIAN);
    if (end.getInt() != maskedCrc(data, 0, data.length)) {
      return null;
    }
    return record(data);
  }

  @Override
  public void kept(byte[] piece) {
    latest =
        Math.max(latest, ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN).getDouble(TIME_AT));
  }

  @Override
  public long step(byte[] piece) {
    // behind the head: tag and value of the time, then tag and value of the step
    int at = TIME_AT + Double.BYTES;
    if (piece.length <= at || piece[at] != STEP << 3) {
      return -1;
    }
    long step = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      at++;
      step |= (piece[at] & 0x7fL) << shift;
      if (piece[at] >= 0) {
        break;
      }
    }
    return step;
  }
}
