package io.spikeformer.data.geometry;

import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/** Which part of a resized image is kept. */
public sealed interface Window extends Serializable {
  /** The part of an image of height x width. */
  Box draw(int height, int width, SeededRandom random);

  /** All of it. */
  record Whole() implements Window {
    @Override
    public Box draw(int height, int width, SeededRandom random) {
      return new Box(0, 0, height, width);
    }
  }

  /**
   * A window at a random place; all of a side that is smaller.
   *
   * @param height rows, &gt;= 1
   * @param width columns, &gt;= 1
   */
  record Random(int height, int width) implements Window {
    /** Checks the ranges. */
    public Random {
      Padding.requireSize("crop", height, width);
    }

    @Override
    public Box draw(int imageHeight, int imageWidth, SeededRandom random) {
      int rows = Math.min(height, imageHeight);
      int columns = Math.min(width, imageWidth);
      int top = random.nextInt(imageHeight - rows + 1);
      int left = random.nextInt(imageWidth - columns + 1);
      return new Box(top, left, rows, columns);
    }
  }
}
