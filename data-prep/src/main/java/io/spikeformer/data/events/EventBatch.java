package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * Consecutive events in primitive arrays, filled again and again by an {@link EventReader}; no
 * object per event. Only the first {@link #size()} entries of each array mean anything.
 */
public final class EventBatch {
  /** Events that a batch holds unless something else is asked for: 14 bytes each. */
  public static final int DEFAULT_CAPACITY = 16_384;

  private final long[] micros;
  private final short[] x;
  private final short[] y;
  private final byte[] polarity;
  private int size;

  /** An empty batch of {@link #DEFAULT_CAPACITY}. */
  public EventBatch() {
    this(DEFAULT_CAPACITY);
  }

  /** An empty batch for a number of events, at least 1. */
  public EventBatch(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          Text.format("event batch: expected a capacity >= 1, found %s", capacity));
    }
    micros = new long[capacity];
    x = new short[capacity];
    y = new short[capacity];
    polarity = new byte[capacity];
  }

  public int capacity() {
    return micros.length;
  }

  public int size() {
    return size;
  }

  void resize(int events) {
    size = events;
  }

  /** Times in microseconds, never decreasing. */
  public long[] micros() {
    return micros;
  }

  /** Columns, 0 at the left. */
  public short[] x() {
    return x;
  }

  /** Rows, 0 at the top. */
  public short[] y() {
    return y;
  }

  /** 1 where the light grew brighter (ON), 0 where it grew darker (OFF). */
  public byte[] polarity() {
    return polarity;
  }
}
