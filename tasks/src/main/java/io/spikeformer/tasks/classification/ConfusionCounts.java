package io.spikeformer.tasks.classification;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * How many samples of a class were taken for a class. Only cells that were counted take memory, at
 * most one a sample: all of them would be 3.8 GB for 21,841 classes. Not thread-safe.
 *
 * <p>A hash table with linear probing, at most half full.
 */
final class ConfusionCounts implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int LEAST_PLACES = 64;

  /** 2^64 divided by the golden ratio: it spreads neighbouring keys. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final int HALF = 32;

  private final int classes;
  // actual * classes + predicted + 1, and 0 where a place is free
  private long[] keys = new long[LEAST_PLACES];
  private long[] samples = new long[LEAST_PLACES];
  private int cells;

  /** Nothing counted. */
  ConfusionCounts(int classes) {
    this.classes = classes;
  }

  /** Counts a sample. */
  void add(int actual, int predicted) {
    add(key(actual, predicted), 1);
  }

  /** Adds the counts of other samples. */
  void merge(ConfusionCounts other) {
    for (int place = 0; place < other.keys.length; place++) {
      if (other.keys[place] != 0) {
        add(other.keys[place], other.samples[place]);
      }
    }
  }

  /** Samples of a class that were taken for a class. */
  long samples(int actual, int predicted) {
    return samples[place(key(actual, predicted))];
  }

  /** The cells that are not 0, row by row. */
  List<Confusion> cells() {
    return Arrays.stream(keys)
        .filter(key -> key != 0)
        .sorted()
        .mapToObj(key -> cell(key, samples[place(key)]))
        .toList();
  }

  private Confusion cell(long key, long count) {
    return new Confusion((int) ((key - 1) / classes), (int) ((key - 1) % classes), count);
  }

  private long key(int actual, int predicted) {
    return (long) actual * classes + predicted + 1;
  }

  private void add(long key, long count) {
    int place = place(key);
    samples[place] += count;
    if (keys[place] == 0) {
      keys[place] = key;
      cells++;
      if (2 * cells > keys.length) {
        grow();
      }
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldSamples = samples;
    keys = new long[2 * oldKeys.length];
    samples = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        samples[place] = oldSamples[i];
      }
    }
  }

  /** Where a key is, or the free place where it belongs. */
  private int place(long key) {
    int mask = keys.length - 1;
    int place = (int) ((key * SPREAD) >>> HALF) & mask;
    while (keys[place] != key && keys[place] != 0) {
      place = (place + 1) & mask;
    }
    return place;
  }
}
