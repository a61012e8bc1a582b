package io.spikeformer.data.geometry;

import io.spikeformer.common.Check;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A square of four images, or of one, zoomed and moved by chance: YOLOv5's mosaic and affine
 * transform with neither rotation nor shear.
 *
 * <p>The four meet at a point of a canvas of twice the side, drawn uniformly in its inner half.
 * Each is resized so that its longer side is the square's, and what goes beyond the canvas is cut
 * off. The canvas is resized by a factor uniform in [1 - zoom, 1 + zoom). Its centre then lies at a
 * place of the square, uniform in [0.5 - shift, 0.5 + shift) of each side. One image alone is
 * centred on a canvas of the square's side. Each image has one plan, so that it is resized once;
 * its edges lie on whole pixels.
 *
 * <p>The draws, in this order: whether there are four images; factor, column and row of the centre;
 * column and row of the point.
 *
 * @param size pixels of the square's side
 * @param probability of four images, 0 to 1
 * @param shift most that the centre is moved, as a share of the side, 0 to 1
 * @param zoom most that the factor differs from 1, 0 to below 1
 */
public record Mosaic(int size, double probability, double shift, double zoom)
    implements Serializable {
  /** Images of a mosaic. */
  public static final int IMAGES = 4;

  /** Checks the ranges. */
  public Mosaic {
    Padding.requireSize("mosaic", size, size);
    Check.that(
        probability >= 0 && probability <= 1,
        "mosaic: expected a probability of 0 to 1, found %s",
        probability);
    Check.that(
        shift >= 0 && shift <= 1 && zoom >= 0 && zoom < 1,
        "mosaic: expected a shift of 0 to 1 and a zoom of 0 to below 1, found %s and %s",
        shift,
        zoom);
  }

  /** How many images the next square has: 1 or {@link #IMAGES}. */
  public int images(SeededRandom random) {
    return random.nextDouble() < probability ? IMAGES : 1;
  }

  /**
   * Where the pixels of each image go; the rest of the square is padding.
   *
   * @param sizes of the images, as many as {@link #images} said: upper left, upper right, lower
   *     left, lower right
   * @param random that was used for their number
   */
  public List<Geometry> draw(List<Size> sizes, SeededRandom random) {
    double factor = random.nextDouble(1 - zoom, 1 + zoom);
    double x = size * random.nextDouble(0.5 - shift, 0.5 + shift);
    double y = size * random.nextDouble(0.5 - shift, 0.5 + shift);
    if (sizes.size() == 1) {
      return List.of(alone(sizes.get(0), factor, x, y));
    }
    double column = size * random.nextDouble(0.5, 1.5);
    double row = size * random.nextDouble(0.5, 1.5);
    return IntStream.range(0, sizes.size())
        .mapToObj(
            i -> {
              Size image = sizes.get(i);
              double scale = (double) size / Math.max(image.height(), image.width());
              Axis rows = new Axis(image.height(), scale, factor, i < 2 ? Side.BEFORE : Side.AFTER);
              Axis columns =
                  new Axis(image.width(), scale, factor, i % 2 == 0 ? Side.BEFORE : Side.AFTER);
              return plan(image, rows.span(row, y), columns.span(column, x));
            })
        .toList();
  }

  private Geometry alone(Size image, double factor, double x, double y) {
    double scale = factor * size / Math.max(image.height(), image.width());
    int rows = Resize.pixels(image.height(), scale);
    int columns = Resize.pixels(image.width(), scale);
    int top = (int) Math.rint(y - rows / 2.0);
    int left = (int) Math.rint(x - columns / 2.0);
    return plan(
        image, new Span(0, image.height(), rows, top), new Span(0, image.width(), columns, left));
  }

  private Geometry plan(Size image, Span rows, Span columns) {
    return new Geometry(
        image.height(),
        image.width(),
        new Box(rows.first(), columns.first(), rows.pixels(), columns.pixels()),
        rows.scaled(),
        columns.scaled(),
        new Box(-rows.at(), -columns.at(), size, size),
        Flip.NONE,
        size,
        size);
  }

  /** On which side of the point an image lies. */
  private enum Side {
    BEFORE,
    AFTER
  }

  /**
   * What becomes of an image along one axis.
   *
   * @param first pixel that is kept
   * @param pixels that are kept
   * @param scaled pixels that they become
   * @param at place of the first of these in the square
   */
  private record Span(int first, int pixels, int scaled, int at) {}

  /** An image of the mosaic along one axis. */
  private final class Axis {
    private final int pixels;
    private final double scale;
    private final double factor;
    private final Side side;

    Axis(int pixels, double scale, double factor, Side side) {
      this.pixels = pixels;
      this.scale = scale;
      this.factor = factor;
      this.side = side;
    }

    /**
     * The span.
     *
     * @param point where the images meet, on the canvas
     * @param centre of the canvas, in the square
     */
    Span span(double point, double centre) {
      double room = side == Side.BEFORE ? point : 2 * size - point;
      int kept = Math.max(1, (int) Math.min(pixels, Math.rint(room / scale)));
      int scaled = Resize.pixels(kept, scale * factor);
      int meeting = (int) Math.rint(factor * (point - size) + centre);
      return side == Side.BEFORE
          ? new Span(pixels - kept, kept, scaled, meeting - scaled)
          : new Span(0, kept, scaled, meeting);
    }
  }
}
