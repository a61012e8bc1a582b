package io.spikeformer.model.kernel.fast;

import java.util.Arrays;

/**
 * Per-channel sum over rows: float partial sums for each element of a tile, moved into doubles
 * before they lose accuracy.
 */
final class TileSum {
  private static final int FLUSH = 64;

  /** Partial sums, to be added to once per tile. */
  final float[] partial;

  private final int tile;
  private final int channels;
  private final double[] total;
  private int tiles;

  TileSum(Span span) {
    this.partial = new float[Lanes.roundUp(span.tile())];
    this.tile = span.tile();
    this.channels = span.channels();
    this.total = new double[channels];
  }

  /** One sum for each part. */
  static TileSum[] forParts(Span span) {
    TileSum[] sums = new TileSum[span.parts()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new TileSum(span);
    }
    return sums;
  }

  /** A pass that adds x to one sum and x * (value - centre) to another. */
  static TileLoop pass(Tile x, Tile value, float[] centre, TileSum sum, TileSum product) {
    return (block, at, length) -> {
      TileLoops.sums(x, value, centre, sum.partial, product.partial, length);
      sum.tileAdded();
      product.tileAdded();
    };
  }

  /** To be called after each tile. */
  void tileAdded() {
    if (++tiles == FLUSH) {
      flush();
    }
  }

  private void flush() {
    for (int i = 0; i < tile; i += channels) {
      for (int c = 0; c < channels; c++) {
        total[c] += partial[i + c];
      }
    }
    Arrays.fill(partial, 0);
    tiles = 0;
  }

  /** The sums so far, [C]. */
  double[] total() {
    flush();
    return total;
  }

  /** Starts again from 0. */
  void clear() {
    flush();
    Arrays.fill(total, 0);
  }

  /** Adds the totals of parts in their order. */
  static void combine(TileSum[] parts, double[] target) {
    Arrays.fill(target, 0);
    for (TileSum part : parts) {
      double[] total = part.total();
      for (int c = 0; c < target.length; c++) {
        target[c] += total[c];
      }
    }
  }
}
