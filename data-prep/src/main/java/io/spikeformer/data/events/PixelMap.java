package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * Where the pixels of a larger picture go in a smaller one: row y to y * H / height, column x to x
 * * W / width. Every source pixel goes to exactly one target, so that sums are kept.
 */
final class PixelMap {
  private final int[] columns;
  private final int[] rows;

  private PixelMap(int[] columns, int[] rows) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The map to the stated size, for a source that is not smaller. */
  static PixelMap of(String name, SensorSize source, FrameOptions options)
      throws InvalidEventsException {
    if (options.height() > source.height() || options.width() > source.width()) {
      throw new InvalidEventsException(
          Text.format(
              "%s: expected a picture of at least %d x %d pixels (height x width), found %d x %d",
              name, options.height(), options.width(), source.height(), source.width()));
    }
    int[] rows = scale(source.height(), options.height());
    for (int i = 0; i < rows.length; i++) {
      rows[i] *= options.width();
    }
    return new PixelMap(scale(source.width(), options.width()), rows);
  }

  private static int[] scale(int from, int to) {
    int[] map = new int[from];
    for (int i = 0; i < from; i++) {
      map[i] = (int) ((long) i * to / from);
    }
    return map;
  }

  /** Target column by source column. */
  int[] columns() {
    return columns;
  }

  /** Index of the target row's first pixel by source row. */
  int[] rows() {
    return rows;
  }
}
