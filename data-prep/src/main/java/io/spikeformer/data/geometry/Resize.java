package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/** How large an image becomes; its ratio of sides is kept. */
public sealed interface Resize extends Serializable {
  /** The factor for an image of height x width. */
  double scale(int height, int width, SeededRandom random);

  /** Most pixels of the shorter side of a result. */
  int mostShort();

  /** Most pixels of the longer side of a result. */
  int mostLong();

  /** The image keeps its size. */
  record Original() implements Resize {
    @Override
    public double scale(int height, int width, SeededRandom random) {
      return 1;
    }

    @Override
    public int mostShort() {
      return (int) (ImageHeader.MAX_PIXELS / ImageHeader.MAX_SIDE);
    }

    @Override
    public int mostLong() {
      return ImageHeader.MAX_SIDE;
    }
  }

  /**
   * The largest size with min(height, width) &lt;= shortSide and max(height, width) &lt;= longSide,
   * times a factor drawn uniformly. The factor is 1 to 1 for evaluation, 0.5 to 2 for ADE20K, 0.1
   * to 2 on a square for large-scale jitter.
   *
   * @param shortSide limit of the shorter side, in pixels
   * @param longSide limit of the longer side, &gt;= shortSide
   * @param minJitter smallest factor, &gt; 0
   * @param maxJitter largest factor; longSide * maxJitter is at most {@link ImageHeader#MAX_SIDE}
   */
  record Fit(int shortSide, int longSide, double minJitter, double maxJitter) implements Resize {
    /** Checks the ranges. */
    public Fit {
      if (shortSide < 1 || longSide < shortSide) {
        throw new IllegalArgumentException(
            Text.format(
                "resize: expected 1 <= short side <= long side, found %d and %d",
                shortSide, longSide));
      }
      if (!(minJitter > 0 && minJitter <= maxJitter)) {
        throw new IllegalArgumentException(
            Text.format(
                "resize: expected 0 < smallest factor <= largest factor, found %s and %s",
                minJitter, maxJitter));
      }
      boolean bounded =
          longSide * maxJitter <= ImageHeader.MAX_SIDE
              && shortSide * maxJitter * longSide * maxJitter <= ImageHeader.MAX_PIXELS;
      if (!bounded) {
        throw new IllegalArgumentException(
            Text.format(
                "resize: expected at most %d pixels a side and %d in all, found %d x %d times %s",
                ImageHeader.MAX_SIDE, ImageHeader.MAX_PIXELS, shortSide, longSide, maxJitter));
      }
    }

    /** Without jitter. */
    public static Fit within(int shortSide, int longSide) {
      return new Fit(shortSide, longSide, 1, 1);
    }

    @Override
    public double scale(int height, int width, SeededRandom random) {
      double fit =
          Math.min(
              (double) shortSide / Math.min(height, width),
              (double) longSide / Math.max(height, width));
      return fit * random.nextDouble(minJitter, maxJitter);
    }

    @Override
    public int mostShort() {
      return (int) Math.ceil(shortSide * maxJitter);
    }

    @Override
    public int mostLong() {
      return (int) Math.ceil(longSide * maxJitter);
    }
  }
}
