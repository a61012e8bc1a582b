package io.spikeformer.data.geometry;

import java.util.Objects;

/**
 * The size of results: that of each if all are equal, else one whose area no result exceeds.
 *
 * @param height rows
 * @param width columns
 * @param sizes how those of the results differ
 */
public record Extent(int height, int width, Sizes sizes) {
  /** How the sizes of results differ, and so how many of them make a batch. */
  public enum Sizes {
    /** Every result has the same size. */
    EQUAL,
    /** They differ, and those of a batch are padded to the largest. */
    PADDED,
    /** They differ, and each is alone in its batch. */
    SINGLE
  }

  /** Checks that nothing is missing. */
  public Extent {
    Objects.requireNonNull(sizes, "sizes");
  }

  /** Every result is a square of this side. */
  static Extent square(int side) {
    return new Extent(side, side, Sizes.EQUAL);
  }

  /** Whether every result has this size. */
  public boolean fixed() {
    return sizes == Sizes.EQUAL;
  }

  /**
   * The most samples of a batch.
   *
   * @param wanted samples of a batch, &gt;= 1
   */
  public int batch(int wanted) {
    return sizes == Sizes.SINGLE ? 1 : wanted;
  }

  /**
   * A size that no batch exceeds. A batch of a high and a wide image has the longer side of both.
   *
   * @param wanted samples of a batch, &gt;= 1
   */
  public Size largest(int wanted) {
    int longer = Math.max(height, width);
    boolean mixed = sizes == Sizes.PADDED && wanted > 1;
    return mixed ? new Size(longer, longer) : new Size(height, width);
  }
}
