package io.spikeformer.data.geometry;

import io.spikeformer.common.Check;

/**
 * How large an image is.
 *
 * @param height rows, &gt;= 1
 * @param width columns, &gt;= 1
 */
public record Size(int height, int width) {
  /** Checks the range. */
  public Size {
    Check.that(
        height >= 1 && width >= 1, "size: expected >= 1 x 1 pixels, found %d x %d", height, width);
  }
}
