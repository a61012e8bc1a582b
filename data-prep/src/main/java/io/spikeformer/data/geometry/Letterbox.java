package io.spikeformer.data.geometry;

import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;

/**
 * The whole image, resized (bilinear, antialiased) to the largest size that fits into a square, its
 * ratio kept, and centred in it. Padding is on two sides, the odd pixel below or on the right. The
 * model takes the square as its image.
 *
 * @param size pixels of the square's side
 */
public record Letterbox(int size) implements Crop {
  /** Checks the range. */
  public Letterbox {
    Padding.requireSize("letterbox", size, size);
  }

  @Override
  public Extent extent() {
    return Extent.square(size);
  }

  @Override
  public Interpolation interpolation() {
    return Interpolation.BILINEAR;
  }

  @Override
  public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
    double scale = (double) size / Math.max(height, width);
    int rows = Resize.pixels(height, scale);
    int columns = Resize.pixels(width, scale);
    Box square = new Box(-((size - rows) / 2), -((size - columns) / 2), size, size);
    return Geometry.resize(height, width, rows, columns).cut(square);
  }
}
