package io.spikeformer.data.geometry;

/**
 * The size of results: that of each if it is fixed, else one whose area no result exceeds.
 *
 * @param height rows
 * @param width columns
 * @param fixed whether every result has this size
 */
public record Extent(int height, int width, boolean fixed) {
  /** Every result is a square of this side. */
  static Extent square(int side) {
    return new Extent(side, side, true);
  }

  /**
   * The most samples of a batch: all samples of a batch have one size, so that one whose size is
   * not fixed is alone.
   *
   * @param wanted samples of a batch, &gt;= 1
   */
  public int batch(int wanted) {
    return fixed ? wanted : 1;
  }
}
