package io.spikeformer.data.detection;

import java.util.Arrays;

/** Collects runs in order; neighbours of the same value become one. */
final class RunWriter {
  private int[] counts;
  private int size = 1;

  /** A writer of any number of runs. */
  RunWriter() {
    this(15);
  }

  /** A writer with room for a number of runs after the first. */
  RunWriter(int room) {
    this.counts = new int[room + 1];
  }

  /** Adds pixels that are inside the mask. */
  void on(int length) {
    append(1, length);
  }

  /** Adds pixels that are outside the mask. */
  void off(int length) {
    append(0, length);
  }

  private void append(int value, int length) {
    if (length == 0) {
      return;
    }
    // runs alternate and the first one is outside the mask
    if ((size - 1) % 2 != value) {
      if (size == counts.length) {
        counts = Arrays.copyOf(counts, 2 * size);
      }
      counts[size++] = 0;
    }
    counts[size - 1] += length;
  }

  /** The runs: only the first can be of length 0. */
  int[] counts() {
    return Arrays.copyOf(counts, size);
  }
}
