package io.spikeformer.model.box;

/**
 * Measures of how well a box a fits a box b, with the gradient for a's corners:
 *
 * <pre>
 * IoU   |a n b| / |a u b|
 * GIoU  IoU - (|hull| - |a u b|) / |hull|                         (Rezatofighi et al., 2019)
 * DIoU  IoU - distance of the centres^2 / diagonal of the hull^2  (Zheng et al., 2020)
 * CIoU  DIoU - alpha * v,  v = 4 / pi^2 (atan(w_b / h_b) - atan(w_a / h_a))^2,
 *       alpha = v / (1 - IoU + v), a constant for the gradient
 * </pre>
 *
 * <p>1e-7 is added to each denominator, and at a tie of two edges each gets half the gradient, as
 * in PyTorch. The results are at most 1.
 */
public enum Overlap {
  IOU,
  GIOU,
  DIOU,
  CIOU;

  private static final double ADDED = 1e-7;

  /**
   * The measure of one pair.
   *
   * @param gradient receives d(measure)/d(left, top, right, bottom of a); null for none
   */
  public double of(Boxes a, int i, Boxes b, int j, double[] gradient) {
    Edges across = new Edges(a.left(i), a.right(i), b.left(j), b.right(j));
    Edges down = new Edges(a.top(i), a.bottom(i), b.top(j), b.bottom(j));
    double[] slope = new double[Boxes.CORNERS];
    double value = iou(across, down, slope);
    switch (this) {
      case IOU -> {}
      case GIOU -> value -= waste(across, down, slope);
      case DIOU -> value -= distance(across, down, slope);
      case CIOU -> {
        double overlap = value;
        value -= distance(across, down, slope);
        value -= shape(across, down, overlap, slope);
      }
    }
    if (gradient != null) {
      System.arraycopy(slope, 0, gradient, 0, slope.length);
    }
    return value;
  }

  /** The edges of both boxes along one axis. */
  private record Edges(double low, double high, double otherLow, double otherHigh) {
    double length() {
      return high - low;
    }

    double otherLength() {
      return otherHigh - otherLow;
    }

    double common() {
      return Math.min(high, otherHigh) - Math.max(low, otherLow);
    }

    double hull() {
      return Math.max(high, otherHigh) - Math.min(low, otherLow);
    }

    double centres() {
      return (low + high) / 2 - (otherLow + otherHigh) / 2;
    }

    /** d(common)/d(low), -1 to 0; none where the boxes do not touch. */
    double commonByLow() {
      return common() < 0 ? 0 : -share(low > otherLow, low == otherLow);
    }

    double commonByHigh() {
      return common() < 0 ? 0 : share(high < otherHigh, high == otherHigh);
    }

    double hullByLow() {
      return -share(low < otherLow, low == otherLow);
    }

    double hullByHigh() {
      return share(high > otherHigh, high == otherHigh);
    }

    private static double share(boolean decides, boolean ties) {
      return ties ? 0.5 : decides ? 1 : 0;
    }
  }

  private static double union(Edges across, Edges down) {
    return across.length() * down.length()
        + across.otherLength() * down.otherLength()
        - inter(across, down);
  }

  private static double inter(Edges across, Edges down) {
    return Math.max(0, across.common()) * Math.max(0, down.common());
  }

  /** d(inter), by left, top, right, bottom. */
  private static double[] interSlope(Edges across, Edges down) {
    double width = Math.max(0, across.common());
    double height = Math.max(0, down.common());
    return new double[] {
      across.commonByLow() * height,
      down.commonByLow() * width,
      across.commonByHigh() * height,
      down.commonByHigh() * width
    };
  }

  /** d(union). */
  private static double[] unionSlope(Edges across, Edges down) {
    double[] slope = interSlope(across, down);
    double width = across.length();
    double height = down.length();
    double[] area = {-height, -width, height, width};
    for (int k = 0; k < slope.length; k++) {
      slope[k] = area[k] - slope[k];
    }
    return slope;
  }

  private static double iou(Edges across, Edges down, double[] slope) {
    double inter = inter(across, down);
    double union = union(across, down) + ADDED;
    double[] dInter = interSlope(across, down);
    double[] dUnion = unionSlope(across, down);
    for (int k = 0; k < slope.length; k++) {
      slope[k] = (dInter[k] * union - inter * dUnion[k]) / (union * union);
    }
    return inter / union;
  }

  /** The share of the hull that no box covers; its gradient is taken from the slope. */
  private static double waste(Edges across, Edges down, double[] slope) {
    double width = across.hull();
    double height = down.hull();
    double hull = width * height;
    double union = union(across, down);
    double[] dHull = {
      across.hullByLow() * height,
      down.hullByLow() * width,
      across.hullByHigh() * height,
      down.hullByHigh() * width
    };
    double[] dUnion = unionSlope(across, down);
    double whole = hull + ADDED;
    for (int k = 0; k < slope.length; k++) {
      slope[k] -= ((dHull[k] - dUnion[k]) * whole - (hull - union) * dHull[k]) / (whole * whole);
    }
    return (hull - union) / whole;
  }

  /** Squared distance of the centres over squared diagonal; its gradient is taken away. */
  private static double distance(Edges across, Edges down, double[] slope) {
    double width = across.hull();
    double height = down.hull();
    double diagonal = width * width + height * height + ADDED;
    double square = across.centres() * across.centres() + down.centres() * down.centres();
    double[] dSquare = {across.centres(), down.centres(), across.centres(), down.centres()};
    double[] dDiagonal = {
      2 * width * across.hullByLow(),
      2 * height * down.hullByLow(),
      2 * width * across.hullByHigh(),
      2 * height * down.hullByHigh()
    };
    for (int k = 0; k < slope.length; k++) {
      slope[k] -= (dSquare[k] * diagonal - square * dDiagonal[k]) / (diagonal * diagonal);
    }
    return square / diagonal;
  }

  /** alpha * v of other shapes; its gradient is taken away, none for a box that is a point. */
  private static double shape(Edges across, Edges down, double iou, double[] slope) {
    double width = across.length();
    double height = down.length();
    double angle = Math.atan2(across.otherLength(), down.otherLength()) - Math.atan2(width, height);
    double v = 4 / (Math.PI * Math.PI) * angle * angle;
    double alpha = v / (1 - iou + v + ADDED);
    double square = width * width + height * height;
    if (square > 0) {
      double byAngle = alpha * 8 / (Math.PI * Math.PI) * angle;
      double byWidth = -byAngle * height / square;
      double byHeight = byAngle * width / square;
      slope[0] += byWidth;
      slope[1] += byHeight;
      slope[2] -= byWidth;
      slope[3] -= byHeight;
    }
    return alpha * v;
  }
}
