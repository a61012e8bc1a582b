package io.spikeformer.tasks.report;

import io.spikeformer.common.Check;
import java.util.List;

/**
 * Curves over a common axis; both axes go from 0 to 1 and are printed in percent.
 *
 * @param caption above them
 * @param across meaning of the axis across
 * @param up meaning of the axis up
 * @param curves at most {@link #MOST}, the first on top
 */
public record Curves(String caption, String across, String up, List<Curve> curves)
    implements Panel {
  /** The most curves that have colours of their own. */
  public static final int MOST = 5;

  /** Takes a copy and checks the number. */
  public Curves {
    curves = List.copyOf(curves);
    Check.that(
        curves.size() <= MOST,
        "curves '%s': expected at most %s, found %s",
        caption,
        MOST,
        curves.size());
  }

  /**
   * A curve through points at equal distances.
   *
   * @param name in the legend
   * @param values on the axis up, the first at 0 across, the last at 1; none if it is undefined
   */
  public record Curve(String name, List<Double> values) {
    /** Takes a copy. */
    public Curve {
      values = List.copyOf(values);
    }
  }
}
