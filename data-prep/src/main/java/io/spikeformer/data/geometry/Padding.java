package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageHeader;
import java.io.Serializable;

/** How many rows and columns are added below and on the right. */
public sealed interface Padding extends Serializable {
  /** Rows once padded. */
  int height(int rows);

  /** Columns once padded. */
  int width(int columns);

  /** None. */
  record None() implements Padding {
    @Override
    public int height(int rows) {
      return rows;
    }

    @Override
    public int width(int columns) {
      return columns;
    }
  }

  /**
   * Up to the next multiple: what strides divide. Samples of different sizes then share a batch,
   * padded to the largest.
   *
   * @param pixels &gt;= 1
   */
  record Multiple(int pixels) implements Padding {
    /** Checks the range. */
    public Multiple {
      requireSize("padding", pixels, pixels);
    }

    @Override
    public int height(int rows) {
      return (rows + pixels - 1) / pixels * pixels;
    }

    @Override
    public int width(int columns) {
      return (columns + pixels - 1) / pixels * pixels;
    }
  }

  /**
   * Up to a size; a larger image keeps its own.
   *
   * @param rows &gt;= 1
   * @param columns &gt;= 1
   */
  record Size(int rows, int columns) implements Padding {
    /** Checks the ranges. */
    public Size {
      requireSize("padding", rows, columns);
    }

    @Override
    public int height(int height) {
      return Math.max(rows, height);
    }

    @Override
    public int width(int width) {
      return Math.max(columns, width);
    }
  }

  /** Refuses sizes that no image may have. */
  static void requireSize(String what, int height, int width) {
    boolean sides = height >= 1 && width >= 1;
    if (!sides || height > ImageHeader.MAX_SIDE || width > ImageHeader.MAX_SIDE) {
      throw new IllegalArgumentException(
          Text.format(
              "%s: expected 1 to %d pixels a side, found %d x %d",
              what, ImageHeader.MAX_SIDE, height, width));
    }
  }
}
