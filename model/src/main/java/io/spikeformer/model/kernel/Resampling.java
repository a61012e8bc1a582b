package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * How maps [N, height, width, C] become [N, toHeight, toWidth, C]; as PyTorch's interpolate does it
 * for a given size.
 *
 * @param kind which pixels of the source a pixel of the result mixes
 * @param height rows of the source, &gt;= 1
 * @param width columns of the source, &gt;= 1
 * @param toHeight rows of the result, &gt;= 1
 * @param toWidth columns of the result, &gt;= 1
 */
public record Resampling(Kind kind, int height, int width, int toHeight, int toWidth) {
  /** Which pixels of the source a pixel of the result mixes. */
  public enum Kind {
    /** The one whose area holds the result's upper left corner. */
    NEAREST,
    /** The four around its centre; the images' edges coincide (align_corners false). */
    BILINEAR,
    /** The four around it; the centres of the corner pixels coincide (align_corners true). */
    BILINEAR_CORNERS
  }

  /** Checks the sizes. */
  public Resampling {
    if (Math.min(Math.min(height, width), Math.min(toHeight, toWidth)) < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "resampling: expected sizes >= 1, found %s x %s to %s x %s",
              height, width, toHeight, toWidth));
    }
  }

  /** From the size of a map [N, H, W, C] to that of another. */
  public static Resampling between(Kind kind, long[] from, long[] to) {
    return new Resampling(kind, (int) from[1], (int) from[2], (int) to[1], (int) to[2]);
  }

  /** Where the rows of the result come from. */
  public ResampledAxis rows() {
    return ResampledAxis.of(kind, height, toHeight);
  }

  /** Where the columns of the result come from. */
  public ResampledAxis columns() {
    return ResampledAxis.of(kind, width, toWidth);
  }
}
