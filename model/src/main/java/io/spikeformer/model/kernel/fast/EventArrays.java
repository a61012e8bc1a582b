package io.spikeformer.model.kernel.fast;

import io.spikeformer.common.Text;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of the rows of a matrix that a list of events names: the arithmetic of event-driven
 * products.
 *
 * <p>Each method keeps all its sums in registers while it goes through the events: Java 17 puts the
 * vectors of sums that live on over an outer loop on the heap.
 */
final class EventArrays {
  private EventArrays() {}

  private static FloatVector at(float[] array, int i, int vector) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i + vector * Lanes.COUNT);
  }

  /**
   * Adds to the sums the rows of the events, vector by vector.
   *
   * @param rows matrix; row r begins at base + r * step
   * @param base begin of the matrix
   * @param step elements from row to row
   * @param width elements to add of a row: 1, 2, 3, 4, 6 or 12 vectors
   * @param events rows to add
   * @param from first event
   * @param to behind the last event
   * @param sums receives the sums from begin on
   * @param begin first of the sums
   */
  static void add(
      float[] rows,
      int base,
      int step,
      int width,
      int[] events,
      int from,
      int to,
      float[] sums,
      int begin) {
    switch (width / Lanes.COUNT) {
      case 12 -> twelve(rows, base, step, events, from, to, sums, begin);
      case 6 -> six(rows, base, step, events, from, to, sums, begin);
      case 4 -> four(rows, base, step, events, from, to, sums, begin);
      case 3 -> three(rows, base, step, events, from, to, sums, begin);
      case 2 -> two(rows, base, step, events, from, to, sums, begin);
      case 1 -> one(rows, base, step, events, from, to, sums, begin);
      default -> throw new IllegalArgumentException(Text.format("no sums of %s elements", width));
    }
  }

  private static void twelve(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    FloatVector b = at(sums, begin, 1);
    FloatVector c = at(sums, begin, 2);
    FloatVector d = at(sums, begin, 3);
    FloatVector e = at(sums, begin, 4);
    FloatVector f = at(sums, begin, 5);
    FloatVector g = at(sums, begin, 6);
    FloatVector h = at(sums, begin, 7);
    FloatVector i = at(sums, begin, 8);
    FloatVector j = at(sums, begin, 9);
    FloatVector k = at(sums, begin, 10);
    FloatVector l = at(sums, begin, 11);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
      e = e.add(at(rows, row, 4));
      f = f.add(at(rows, row, 5));
      g = g.add(at(rows, row, 6));
      h = h.add(at(rows, row, 7));
      i = i.add(at(rows, row, 8));
      j = j.add(at(rows, row, 9));
      k = k.add(at(rows, row, 10));
      l = l.add(at(rows, row, 11));
    }
    put(sums, begin, 0, a);
    put(sums, begin, 1, b);
    put(sums, begin, 2, c);
    put(sums, begin, 3, d);
    put(sums, begin, 4, e);
    put(sums, begin, 5, f);
    put(sums, begin, 6, g);
    put(sums, begin, 7, h);
    put(sums, begin, 8, i);
    put(sums, begin, 9, j);
    put(sums, begin, 10, k);
    put(sums, begin, 11, l);
  }

  private static void six(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    FloatVector b = at(sums, begin, 1);
    FloatVector c = at(sums, begin, 2);
    FloatVector d = at(sums, begin, 3);
    FloatVector e = at(sums, begin, 4);
    FloatVector f = at(sums, begin, 5);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
      e = e.add(at(rows, row, 4));
      f = f.add(at(rows, row, 5));
    }
    put(sums, begin, 0, a);
    put(sums, begin, 1, b);
    put(sums, begin, 2, c);
    put(sums, begin, 3, d);
    put(sums, begin, 4, e);
    put(sums, begin, 5, f);
  }

  private static void four(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    FloatVector b = at(sums, begin, 1);
    FloatVector c = at(sums, begin, 2);
    FloatVector d = at(sums, begin, 3);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
    }
    put(sums, begin, 0, a);
    put(sums, begin, 1, b);
    put(sums, begin, 2, c);
    put(sums, begin, 3, d);
  }

  private static void three(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    FloatVector b = at(sums, begin, 1);
    FloatVector c = at(sums, begin, 2);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
    }
    put(sums, begin, 0, a);
    put(sums, begin, 1, b);
    put(sums, begin, 2, c);
  }

  private static void two(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    FloatVector b = at(sums, begin, 1);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
    }
    put(sums, begin, 0, a);
    put(sums, begin, 1, b);
  }

  private static void one(
      float[] rows, int base, int step, int[] events, int from, int to, float[] sums, int begin) {
    FloatVector a = at(sums, begin, 0);
    for (int event = from; event < to; event++) {
      int row = base + events[event] * step;
      a = a.add(at(rows, row, 0));
    }
    put(sums, begin, 0, a);
  }

  /**
   * Adds to the gradient of a 3x3 window, one vector of outputs wide, the rows of dy that the
   * events of one input channel reach: tap (i, j) the pixel (2 - i, 2 - j) after the event. The
   * gradient has {@link EventWeights}' order.
   *
   * @param dy [pixels, one vector], with a border
   * @param base begin of the first pixel
   * @param line pixels from line to line
   * @param events pixels of dy
   * @param gradient receives the sums of line i of the window at begin + i * step
   */
  static void addWindow(
      float[] dy,
      int base,
      int line,
      int[] events,
      int from,
      int to,
      float[] gradient,
      int begin,
      int step) {
    FloatVector a = FloatVector.zero(Lanes.FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    FloatVector e = a;
    FloatVector f = a;
    FloatVector g = a;
    FloatVector h = a;
    FloatVector i = a;
    int down = line * Lanes.COUNT;
    for (int j = from; j < to; j++) {
      int pixel = base + events[j] * Lanes.COUNT;
      a = a.add(at(dy, pixel, 0));
      b = b.add(at(dy, pixel, 1));
      c = c.add(at(dy, pixel, 2));
      pixel += down;
      d = d.add(at(dy, pixel, 0));
      e = e.add(at(dy, pixel, 1));
      f = f.add(at(dy, pixel, 2));
      pixel += down;
      g = g.add(at(dy, pixel, 0));
      h = h.add(at(dy, pixel, 1));
      i = i.add(at(dy, pixel, 2));
    }
    add(gradient, begin, 0, g);
    add(gradient, begin, 1, h);
    add(gradient, begin, 2, i);
    add(gradient, begin + step, 0, d);
    add(gradient, begin + step, 1, e);
    add(gradient, begin + step, 2, f);
    add(gradient, begin + 2 * step, 0, a);
    add(gradient, begin + 2 * step, 1, b);
    add(gradient, begin + 2 * step, 2, c);
  }

  /** target[at..at+length) += values. */
  static void accumulate(float[] values, float[] target, int at, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      add(target, at + i, 0, Lanes.at(values, i));
    }
  }

  /** Adds so many neighbouring rows, as wide as the sum. */
  static void addRows(float[] rows, int begin, int count, float[] sum) {
    for (int i = 0; i < sum.length; i += Lanes.COUNT) {
      FloatVector total = Lanes.at(sum, i);
      for (int row = 0; row < count; row++) {
        total = total.add(Lanes.at(rows, begin + row * sum.length + i));
      }
      total.intoArray(sum, i);
    }
  }

  private static void add(float[] array, int at, int vector, FloatVector value) {
    at(array, at, vector).add(value).intoArray(array, at + vector * Lanes.COUNT);
  }

  private static void put(float[] array, int at, int vector, FloatVector value) {
    value.intoArray(array, at + vector * Lanes.COUNT);
  }
}
