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
   * Scales an axis and cuts a piece out; what follows the piece is padding.
   *
   * @param inputs pixels of the source
   * @param scaled pixels that the source is scaled to
   * @param from first pixel of the piece in the scaled axis
   * @param length pixels of the piece
   * @param outputs pixels of the result, &gt;= length
   */
  static AxisMap of(int inputs, int scaled, int from, int length, int outputs) {
    int[] sources = new int[outputs];
    Arrays.fill(sources, OUTSIDE);
    for (int i = 0; i < length; i++) {
      sources[i] = (int) ((2L * (from + i) + 1) * inputs / (2L * scaled));
    }
    return new AxisMap(inputs, sources);
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
