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
}
