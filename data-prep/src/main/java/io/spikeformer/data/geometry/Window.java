package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/** Which part of a resized image is kept. */
public sealed interface Window extends Serializable {
  /**
   * The plan with a window of this kind.
   *
   * @param resized of the whole image
   * @param labels of the image's pixels
   */
  Geometry draw(Geometry resized, SeededRandom random, LabelShare labels);

  /** The size of windows on resized images, once padded. */
  Extent extent(Resize resize, Padding padding);

  /** All of it. */
  record Whole() implements Window {
    @Override
    public Geometry draw(Geometry resized, SeededRandom random, LabelShare labels) {
      return resized;
    }

    @Override
    public Extent extent(Resize resize, Padding padding) {
      Extent wide = padded(resize.mostShort(), resize.mostLong(), padding);
      Extent high = padded(resize.mostLong(), resize.mostShort(), padding);
      boolean higher = (long) high.height() * high.width() > (long) wide.height() * wide.width();
      return higher ? high : wide;
    }
  }

  /**
   * A window at a random place; all of a side that is smaller. It is drawn again, at most ten
   * times, while one class fills too much of its labelled pixels; the eleventh is taken as it is.
   *
   * @param height rows, &gt;= 1
   * @param width columns, &gt;= 1
   * @param largestShare of a class from which on a window is drawn again, above 0; 1 for no rule
   */
  record Random(int height, int width, double largestShare) implements Window {
    private static final int REPEATS = 10;

    /** Checks the ranges. */
    public Random {
      Padding.requireSize("crop", height, width);
      if (!(largestShare > 0 && largestShare <= 1)) {
        throw new IllegalArgumentException(
            Text.format(
                "crop: expected a largest share of a class above 0 and at most 1, found %s",
                largestShare));
      }
    }

    /** Without a rule for classes. */
    public Random(int height, int width) {
      this(height, width, 1);
    }

    @Override
    public Geometry draw(Geometry resized, SeededRandom random, LabelShare labels) {
      Geometry plan = resized.cut(box(resized, random));
      for (int repeat = 0; repeat < REPEATS && isRefused(plan, labels); repeat++) {
        plan = resized.cut(box(resized, random));
      }
      return plan;
    }

    private boolean isRefused(Geometry plan, LabelShare labels) {
      return largestShare < 1 && labels.largest(plan) >= largestShare;
    }

    private Box box(Geometry resized, SeededRandom random) {
      int rows = Math.min(height, resized.height());
      int columns = Math.min(width, resized.width());
      int top = random.nextInt(resized.height() - rows + 1);
      int left = random.nextInt(resized.width() - columns + 1);
      return new Box(top, left, rows, columns);
    }

    @Override
    public Extent extent(Resize resize, Padding padding) {
      int rows = Math.min(height, resize.mostLong());
      int columns = Math.min(width, resize.mostLong());
      return padded(rows, columns, padding);
    }
  }

  private static Extent padded(int rows, int columns, Padding padding) {
    int height = padding.height(rows);
    int width = padding.width(columns);
    boolean fixed = padding.height(1) == height && padding.width(1) == width;
    boolean multiple = padding instanceof Padding.Multiple;
    Extent.Sizes differing = multiple ? Extent.Sizes.PADDED : Extent.Sizes.SINGLE;
    return new Extent(height, width, fixed ? Extent.Sizes.EQUAL : differing);
  }
}
