package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * The square windows that {@link Kernels#maxPool} takes the maxima of.
 *
 * @param side of a window in pixels, &gt;= 1
 * @param stride pixels from window to window, &gt;= 1
 * @param padding pixels around the map that count for nothing, 0 to side / 2
 * @param last what becomes of a window at the end that the map does not fill
 */
public record PoolingWindow(int side, int stride, int padding, Last last) {
  /** The window that the map does not fill. */
  public enum Last {
    /** Left out. */
    WHOLE,
    /** The maximum of what is there, so that no pixel is lost. */
    CUT
  }

  /** Windows that lie in the padded map. */
  public PoolingWindow(int side, int stride, int padding) {
    this(side, stride, padding, Last.WHOLE);
  }

  /** Checks the ranges. */
  public PoolingWindow {
    if (side < 1 || stride < 1 || padding < 0 || padding > side / 2) {
      throw new IllegalArgumentException(
          Text.format(
              "pooling: expected a side and a stride >= 1 and a padding of 0 to half the side,"
                  + " found %d, %d, %d",
              side, stride, padding));
    }
  }

  /** Height or width of the result for a map's. */
  public int outputSize(long size) {
    int more = last == Last.CUT ? stride - 1 : 0;
    return (int) (size + 2L * padding - side + more) / stride + 1;
  }
}
