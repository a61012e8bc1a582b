package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;

/**
 * An upright rectangle in pixels, from the outer corner of the first pixel; pixel (r, c) covers [c,
 * c + 1) x [r, r + 1).
 *
 * @param x left edge
 * @param y upper edge
 * @param width &gt;= 0
 * @param height &gt;= 0
 */
public record Rect(double x, double y, double width, double height) {
  /** Checks that the numbers are finite and the size is not negative. */
  public Rect {
    boolean finite = Double.isFinite(x) && Double.isFinite(y);
    boolean size = width >= 0 && height >= 0 && Double.isFinite(width) && Double.isFinite(height);
    if (!finite || !size) {
      throw new IllegalArgumentException(
          Text.format(
              "rectangle: expected finite numbers and a size >= 0, found x %s, y %s, %s x %s",
              x, y, width, height));
    }
  }

  /** The rectangle between two corners; empty where the second lies before the first. */
  public static Rect between(double left, double top, double right, double bottom) {
    return new Rect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }

  /** Right edge. */
  public double right() {
    return x + width;
  }

  /** Lower edge. */
  public double bottom() {
    return y + height;
  }

  /** width * height. */
  public double area() {
    return width * height;
  }

  /** The area that both cover; empty if they do not meet. */
  public Rect intersection(Rect other) {
    return between(
        Math.max(x, other.x),
        Math.max(y, other.y),
        Math.min(right(), other.right()),
        Math.min(bottom(), other.bottom()));
  }
}
