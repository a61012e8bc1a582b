package io.spikeformer.data.geometry;

import io.spikeformer.common.Check;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;
import java.util.Objects;

/**
 * Detection: a random part of the image at one size, resized to another, then padded. The draws, in
 * this order: factor of the first size, rows, columns and place of the part, factor of the second
 * size.
 *
 * <p>Both changes of size are one plan. The part is drawn on the image at its first size, then
 * rounded to whole pixels of the image itself, which alone are resized.
 *
 * @param first size of the image that the part is drawn on
 * @param smallest pixels of the part's sides at that size, &gt;= 1; all of a side that is smaller
 * @param largest pixels of the part's sides at that size, &gt;= smallest
 * @param second size of the part
 * @param padding of the result, below and on the right
 */
public record Zoomed(Resize first, int smallest, int largest, Resize second, Padding padding)
    implements Crop {
  /** Checks the ranges. */
  public Zoomed {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
    Objects.requireNonNull(padding, "padding");
    Check.that(
        smallest >= 1 && largest >= smallest,
        "part of an image: expected 1 <= smallest side <= largest side, found %d and %d",
        smallest,
        largest);
  }

  @Override
  public Extent extent() {
    return new Window.Whole().extent(second, padding);
  }

  @Override
  public Interpolation interpolation() {
    return Interpolation.BILINEAR;
  }

  @Override
  public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
    double scale = first.scale(height, width, random);
    Box part = part(height, width, scale, random);
    double again = second.scale(part.height(), part.width(), random);
    int rows = Resize.pixels(part.height(), again);
    int columns = Resize.pixels(part.width(), again);
    Box window = new Box(0, 0, rows, columns);
    return new Geometry(height, width, part, rows, columns, window, Flip.NONE, rows, columns)
        .padded(padding);
  }

  private Box part(int height, int width, double scale, SeededRandom random) {
    int scaledHeight = Resize.pixels(height, scale);
    int scaledWidth = Resize.pixels(width, scale);
    int rows = side(scaledHeight, random);
    int columns = side(scaledWidth, random);
    int top = random.nextInt(scaledHeight - rows + 1);
    int left = random.nextInt(scaledWidth - columns + 1);
    double scaleY = (double) height / scaledHeight;
    double scaleX = (double) width / scaledWidth;
    int firstRow = Math.min(height - 1, (int) Math.rint(top * scaleY));
    int firstColumn = Math.min(width - 1, (int) Math.rint(left * scaleX));
    int endRow = Math.max(firstRow + 1, (int) Math.rint((top + rows) * scaleY));
    int endColumn = Math.max(firstColumn + 1, (int) Math.rint((left + columns) * scaleX));
    return new Box(firstRow, firstColumn, endRow - firstRow, endColumn - firstColumn);
  }

  private int side(int side, SeededRandom random) {
    int least = Math.min(side, smallest);
    return least + random.nextInt(Math.min(side, largest) - least + 1);
  }
}
