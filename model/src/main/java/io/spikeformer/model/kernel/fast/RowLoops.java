package io.spikeformer.model.kernel.fast;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Sums of rows of whole numbers, which stay in registers while the rows go by. */
final class RowLoops {
  private static final int TOGETHER = 4;

  private RowLoops() {}

  /** See {@link io.spikeformer.model.kernel.Kernels#addRows}. */
  static void add(short[] table, int[] rows, int count, int[] sums, int at, int length) {
    int i = 0;
    for (; i + TOGETHER * Lanes.COUNT <= length; i += TOGETHER * Lanes.COUNT) {
      addFour(table, i, rows, count, sums, at + i);
    }
    for (; i < length; i += Lanes.COUNT) {
      addOne(table, i, rows, count, sums, at + i);
    }
  }

  private static void addFour(short[] table, int from, int[] rows, int count, int[] sums, int at) {
    IntVector a = sums(sums, at);
    IntVector b = sums(sums, at + Lanes.COUNT);
    IntVector c = sums(sums, at + 2 * Lanes.COUNT);
    IntVector d = sums(sums, at + 3 * Lanes.COUNT);
    for (int k = 0; k < count; k++) {
      int row = rows[k] + from;
      a = a.add(row(table, row));
      b = b.add(row(table, row + Lanes.COUNT));
      c = c.add(row(table, row + 2 * Lanes.COUNT));
      d = d.add(row(table, row + 3 * Lanes.COUNT));
    }
    a.intoArray(sums, at);
    b.intoArray(sums, at + Lanes.COUNT);
    c.intoArray(sums, at + 2 * Lanes.COUNT);
    d.intoArray(sums, at + 3 * Lanes.COUNT);
  }

  private static void addOne(short[] table, int from, int[] rows, int count, int[] sums, int at) {
    IntVector sum = sums(sums, at);
    for (int k = 0; k < count; k++) {
      sum = sum.add(row(table, rows[k] + from));
    }
    sum.intoArray(sums, at);
  }

  private static IntVector sums(int[] sums, int at) {
    return IntVector.fromArray(Lanes.INTS, sums, at);
  }

  private static IntVector row(short[] table, int at) {
    return (IntVector)
        ShortVector.fromArray(Lanes.HALVES, table, at)
            .convertShape(VectorOperators.S2I, Lanes.INTS, 0);
  }
}
