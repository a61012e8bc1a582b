package io.spikeformer.data.geometry;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/** How large an image becomes; its ratio of sides is kept. */
public sealed interface Resize extends Serializable {
  /** The factor for an image of height x width. */
  double scale(int height, int width, SeededRandom random);

  /** A side times a factor, rounded as MMDetection does; at least one pixel. */
  static int pixels(int side, double scale) {
    return Math.max(1, (int) (side * scale + 0.5));
  }

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
      return fit(height, width, shortSide, longSide) * random.nextDouble(minJitter, maxJitter);
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

  /**
   * The largest size with min(height, width) &lt;= a short side, drawn uniformly from a list, and
   * max(height, width) &lt;= longSide.
   *
   * @param shortSides limits of the shorter side, in pixels; at least one
   * @param longSide limit of the longer side, &gt;= every short side
   */
  record Choice(List<Integer> shortSides, int longSide) implements Resize {
    /** Checks the ranges, those of {@link Fit} for each. */
    public Choice {
      shortSides = List.copyOf(shortSides);
      Check.that(!shortSides.isEmpty(), "resize: expected at least one short side, found none");
      for (int shortSide : shortSides) {
        Fit.within(shortSide, longSide);
      }
    }

    @Override
    public double scale(int height, int width, SeededRandom random) {
      int shortSide = shortSides.get(random.nextInt(shortSides.size()));
      return fit(height, width, shortSide, longSide);
    }

    @Override
    public int mostShort() {
      return Collections.max(shortSides);
    }

    @Override
    public int mostLong() {
      return longSide;
    }
  }

  private static double fit(int height, int width, int shortSide, int longSide) {
    return Math.min(
        (double) shortSide / Math.min(height, width), (double) longSide / Math.max(height, width));
  }
}
