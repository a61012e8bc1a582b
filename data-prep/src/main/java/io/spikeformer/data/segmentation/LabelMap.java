package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.AxisMap;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.image.InvalidImageException;

/**
 * A class for every pixel [H, W], row by row.
 *
 * @param height rows, &gt;= 1
 * @param width columns, &gt;= 1
 * @param labels height * width bytes, unsigned: a class from 0, or {@link #IGNORED}; not copied,
 *     not to be changed
 */
public record LabelMap(int height, int width, byte[] labels) implements LabelShare {
  /** The label of pixels that count neither in training nor in evaluation. */
  public static final int IGNORED = 255;

  /** Checks the size. */
  public LabelMap {
    if (height < 1 || width < 1 || labels.length != (long) height * width) {
      throw new IllegalArgumentException(
          Text.format(
              "label map of %d x %d: expected %d bytes, found %d",
              height, width, (long) height * width, labels.length));
    }
  }

  /** The label of one pixel, 0 to 255. */
  public int label(int row, int column) {
    return labels[row * width + column] & 0xff;
  }

  /** How many pixels have each label, by the label: 256 numbers. */
  public long[] pixels() {
    long[] pixels = new long[IGNORED + 1];
    for (byte label : labels) {
      pixels[label & 0xff]++;
    }
    return pixels;
  }

  /** A greyscale PNG file of 8 bits whose levels are the labels. */
  public byte[] encode() {
    return IndexedPngWriter.write(height, width, labels);
  }

  /**
   * A PNG file of 8 bits whose indices are the labels.
   *
   * @param palette a colour for each label, 0xRRGGBB, at most 256
   * @throws IllegalArgumentException if a label has no colour
   */
  public byte[] encode(int... palette) {
    long[] pixels = pixels();
    for (int label = palette.length; label < pixels.length; label++) {
      if (pixels[label] > 0) {
        throw new IllegalArgumentException(
            Text.format(
                "palette: expected colours of labels 0 to %d, found %d colours",
                label, palette.length));
      }
    }
    return IndexedPngWriter.write(height, width, labels, palette);
  }

  /**
   * The indices that a PNG file stores, palette or greyscale, not what they look like.
   *
   * @throws InvalidImageException if it is damaged, or no PNG of one channel and at most 8 bits
   */
  public static LabelMap decode(byte[] png) throws InvalidImageException {
    return IndexedPngReader.read(png);
  }

  /**
   * Resized (nearest neighbour), cut, flipped and padded with {@link #IGNORED}, so that it stays on
   * the image that went through the same plan.
   */
  public LabelMap apply(Geometry geometry) {
    geometry.requireSource(height, width);
    AxisMap rows = geometry.rows();
    AxisMap columns = geometry.columns();
    byte[] moved = new byte[rows.outputs() * columns.outputs()];
    int to = 0;
    for (int y = 0; y < rows.outputs(); y++) {
      int row = rows.source(y);
      for (int x = 0; x < columns.outputs(); x++) {
        int column = columns.source(x);
        boolean content = row != AxisMap.OUTSIDE && column != AxisMap.OUTSIDE;
        moved[to++] = content ? labels[row * width + column] : (byte) IGNORED;
      }
    }
    return new LabelMap(rows.outputs(), columns.outputs(), moved);
  }

  /** Without a map of its own: each pixel counts as often as {@link #apply} would repeat it. */
  @Override
  public double largest(Geometry plan) {
    plan.requireSource(height, width);
    int[] rows = uses(plan.rows());
    int[] columns = uses(plan.columns());
    int first = 0;
    int end = width;
    while (first < end && columns[first] == 0) {
      first++;
    }
    while (end > first && columns[end - 1] == 0) {
      end--;
    }
    long[] counts = new long[IGNORED + 1];
    for (int row = 0; row < height; row++) {
      if (rows[row] > 0) {
        for (int column = first; column < end; column++) {
          counts[label(row, column)] += (long) rows[row] * columns[column];
        }
      }
    }
    return largestShare(counts);
  }

  /** How often each pixel of an axis is used. */
  private static int[] uses(AxisMap axis) {
    int[] uses = new int[axis.inputs()];
    for (int i = 0; i < axis.outputs(); i++) {
      if (axis.source(i) != AxisMap.OUTSIDE) {
        uses[axis.source(i)]++;
      }
    }
    return uses;
  }

  private static double largestShare(long... counts) {
    long largest = 0;
    long all = 0;
    int classes = 0;
    for (int label = 0; label < IGNORED; label++) {
      largest = Math.max(largest, counts[label]);
      all += counts[label];
      classes += counts[label] > 0 ? 1 : 0;
    }
    return classes < 2 ? 1 : (double) largest / all;
  }
}
