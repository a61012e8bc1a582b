package io.spikeformer.data.geometry;

import java.util.Arrays;

/**
 * From which row (or column) of the source each row (or column) of the result is taken: nearest
 * neighbour, with pixel centres at halves as in Pillow.
 */
public final class AxisMap {
  /** The place of padding in the source. */
  public static final int OUTSIDE = -1;

  private final int inputs;
  private final int[] sources;

  private AxisMap(int inputs, int[] sources) {
    this.inputs = inputs;
    this.sources = sources;
  }

  /**
   * A piece of a scaled axis.
   *
   * @param first pixel of the source that is scaled
   * @param pixels of the source that are scaled, from the first on
   * @param scaled pixels that they become
   * @param from first pixel of the piece in the scaled axis; below 0 it begins before that axis
   * @param length pixels of the piece; what lies beside the scaled axis is padding
   */
  record Piece(int first, int pixels, int scaled, int from, int length) {
    /**
     * The map; what follows the piece is padding.
     *
     * @param inputs pixels of the source
     * @param outputs pixels of the result, &gt;= length
     */
    AxisMap map(int inputs, int outputs) {
      int[] sources = new int[outputs];
      Arrays.fill(sources, OUTSIDE);
      for (int i = Math.max(0, -from); i < Math.min(length, scaled - from); i++) {
        sources[i] = first + (int) ((2L * (from + i) + 1) * pixels / (2L * scaled));
      }
      return new AxisMap(inputs, sources);
    }
  }

  /** The same with the first pixels mirrored, padding left where it is. */
  AxisMap mirrored(int length) {
    int[] mirrored = sources.clone();
    for (int i = 0; i < length; i++) {
      mirrored[i] = sources[length - 1 - i];
    }
    return new AxisMap(inputs, mirrored);
  }

  /** Pixels of the source. */
  public int inputs() {
    return inputs;
  }

  /** Pixels of the result. */
  public int outputs() {
    return sources.length;
  }

  /** The pixel of the source for a pixel of the result, or {@link #OUTSIDE}. */
  public int source(int output) {
    return sources[output];
  }
}
