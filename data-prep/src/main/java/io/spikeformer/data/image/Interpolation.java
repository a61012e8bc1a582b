package io.spikeformer.data.image;

/** How grey levels between pixels are found. */
public enum Interpolation {
  /** Linear between neighbours. */
  BILINEAR("bilinear", 1),
  /** Keys' cubic convolution. */
  BICUBIC("bicubic", 2);

  private static final double CUBIC = -0.5;

  private final String label;
  private final double radius;

  Interpolation(String label, double radius) {
    this.label = label;
    this.radius = radius;
  }

  /** The name used in recipes. */
  public String label() {
    return label;
  }

  /** Distance in pixels from which on a pixel has no influence. */
  double radius() {
    return radius;
  }

  /** Influence of a pixel at a distance; Keys' a is -0.5, as in Pillow's resizing. */
  double weight(double distance) {
    double x = Math.abs(distance);
    if (x >= radius) {
      return 0;
    }
    if (this == BILINEAR) {
      return 1 - x;
    }
    return x < 1
        ? ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1
        : CUBIC * (((x - 5) * x + 8) * x - 4);
  }
}
