package io.spikeformer.model.kernel.fast;

import jdk.incubator.vector.FloatVector;

/**
 * Sums of the rows of a matrix that a list of events names: the arithmetic of event-driven
 * products.
 *
 * <p>Each method keeps all its sums in registers. Where there are few vectors in a row,
 * neighbouring events go to different sums, so that one addition need not wait for the one before.
 */
final class EventArrays {
  private EventArrays() {}

  private static FloatVector at(float[] array, int i) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i);
  }

  private static FloatVector at(float[] array, int i, int vector) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i + vector * Lanes.COUNT);
  }

  /**
   * sum = start + the rows of the events.
   *
   * @param rows matrix; row r begins at base + r * width
   * @param base begin of the matrix
   * @param width elements of a row, 1, 2, 4 or 8 vectors
   * @param events rows to add
   * @param from first event
   * @param to behind the last event
   * @param start initial values, from startAt
   * @param sum [width] receives the sums
   */
  static void sum(
      float[] rows,
      int base,
      int width,
      int[] events,
      int from,
      int to,
      float[] start,
      int startAt,
      float[] sum) {
    switch (width / Lanes.COUNT) {
      case 8 -> eight(rows, base, width, events, from, to, start, startAt, sum);
      case 4 -> four(rows, base, width, events, from, to, start, startAt, sum);
      case 2 -> two(rows, base, width, events, from, to, start, startAt, sum);
      default -> one(rows, base, width, events, from, to, start, startAt, sum);
    }
  }

  private static void eight(
      float[] rows,
      int base,
      int width,
      int[] events,
      int from,
      int to,
      float[] start,
      int startAt,
      float[] sum) {
    FloatVector a = at(start, startAt, 0);
    FloatVector b = at(start, startAt, 1);
    FloatVector c = at(start, startAt, 2);
    FloatVector d = at(start, startAt, 3);
    FloatVector e = at(start, startAt, 4);
    FloatVector f = at(start, startAt, 5);
    FloatVector g = at(start, startAt, 6);
    FloatVector h = at(start, startAt, 7);
    for (int j = from; j < to; j++) {
      int row = base + events[j] * width;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
      e = e.add(at(rows, row, 4));
      f = f.add(at(rows, row, 5));
      g = g.add(at(rows, row, 6));
      h = h.add(at(rows, row, 7));
    }
    put(sum, 0, a);
    put(sum, 1, b);
    put(sum, 2, c);
    put(sum, 3, d);
    put(sum, 4, e);
    put(sum, 5, f);
    put(sum, 6, g);
    put(sum, 7, h);
  }

  private static void four(
      float[] rows,
      int base,
      int width,
      int[] events,
      int from,
      int to,
      float[] start,
      int startAt,
      float[] sum) {
    FloatVector a = at(start, startAt, 0);
    FloatVector b = at(start, startAt, 1);
    FloatVector c = at(start, startAt, 2);
    FloatVector d = at(start, startAt, 3);
    FloatVector e = FloatVector.zero(Lanes.FLOATS);
    FloatVector f = e;
    FloatVector g = e;
    FloatVector h = e;
    int j = from;
    for (; j + 1 < to; j += 2) {
      int row = base + events[j] * width;
      int next = base + events[j + 1] * width;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
      e = e.add(at(rows, next, 0));
      f = f.add(at(rows, next, 1));
      g = g.add(at(rows, next, 2));
      h = h.add(at(rows, next, 3));
    }
    if (j < to) {
      int row = base + events[j] * width;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
      c = c.add(at(rows, row, 2));
      d = d.add(at(rows, row, 3));
    }
    put(sum, 0, a.add(e));
    put(sum, 1, b.add(f));
    put(sum, 2, c.add(g));
    put(sum, 3, d.add(h));
  }

  private static void two(
      float[] rows,
      int base,
      int width,
      int[] events,
      int from,
      int to,
      float[] start,
      int startAt,
      float[] sum) {
    FloatVector a = at(start, startAt, 0);
    FloatVector b = at(start, startAt, 1);
    FloatVector c = FloatVector.zero(Lanes.FLOATS);
    FloatVector d = c;
    FloatVector e = c;
    FloatVector f = c;
    FloatVector g = c;
    FloatVector h = c;
    int j = from;
    for (; j + 3 < to; j += 4) {
      int first = base + events[j] * width;
      int second = base + events[j + 1] * width;
      int third = base + events[j + 2] * width;
      int fourth = base + events[j + 3] * width;
      a = a.add(at(rows, first, 0));
      b = b.add(at(rows, first, 1));
      c = c.add(at(rows, second, 0));
      d = d.add(at(rows, second, 1));
      e = e.add(at(rows, third, 0));
      f = f.add(at(rows, third, 1));
      g = g.add(at(rows, fourth, 0));
      h = h.add(at(rows, fourth, 1));
    }
    for (; j < to; j++) {
      int row = base + events[j] * width;
      a = a.add(at(rows, row, 0));
      b = b.add(at(rows, row, 1));
    }
    put(sum, 0, a.add(c).add(e.add(g)));
    put(sum, 1, b.add(d).add(f.add(h)));
  }

  private static void one(
      float[] rows,
      int base,
      int width,
      int[] events,
      int from,
      int to,
      float[] start,
      int startAt,
      float[] sum) {
    FloatVector a = at(start, startAt, 0);
    FloatVector b = FloatVector.zero(Lanes.FLOATS);
    FloatVector c = b;
    FloatVector d = b;
    int j = from;
    for (; j + 3 < to; j += 4) {
      a = a.add(at(rows, base + events[j] * width));
      b = b.add(at(rows, base + events[j + 1] * width));
      c = c.add(at(rows, base + events[j + 2] * width));
      d = d.add(at(rows, base + events[j + 3] * width));
    }
    for (; j < to; j++) {
      a = a.add(at(rows, base + events[j] * width));
    }
    put(sum, 0, a.add(b).add(c.add(d)));
  }

  /**
   * Adds to the gradient of a 3x3 window, one vector of outputs wide, the rows of dy that the
   * events of one input channel reach: tap (i, j) the pixel (2 - i, 2 - j) after the event.
   *
   * @param dy [pixels, one vector], with a border
   * @param base begin of the first pixel
   * @param line pixels from line to line
   * @param events pixels of dy
   * @param gradient receives the sums at begin + tap * step
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
    add(gradient, begin + 8 * step, a);
    add(gradient, begin + 7 * step, b);
    add(gradient, begin + 6 * step, c);
    add(gradient, begin + 5 * step, d);
    add(gradient, begin + 4 * step, e);
    add(gradient, begin + 3 * step, f);
    add(gradient, begin + 2 * step, g);
    add(gradient, begin + step, h);
    add(gradient, begin, i);
  }

  /** target[at..at+length) += values. */
  static void accumulate(float[] values, float[] target, int at, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      add(target, at + i, at(values, i));
    }
  }

  /** Adds so many neighbouring rows, as wide as the sum. */
  static void addRows(float[] rows, int begin, int count, float[] sum) {
    for (int i = 0; i < sum.length; i += Lanes.COUNT) {
      FloatVector total = at(sum, i);
      for (int row = 0; row < count; row++) {
        total = total.add(at(rows, begin + row * sum.length + i));
      }
      total.intoArray(sum, i);
    }
  }

  private static void add(float[] array, int at, FloatVector value) {
    at(array, at).add(value).intoArray(array, at);
  }

  private static void put(float[] array, int vector, FloatVector value) {
    value.intoArray(array, vector * Lanes.COUNT);
  }
}
