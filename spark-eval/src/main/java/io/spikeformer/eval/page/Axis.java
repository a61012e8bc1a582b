package io.spikeformer.eval.page;

import io.spikeformer.common.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear scale with round numbers at its ticks.
 *
 * @param from value at the beginning
 * @param to value at the end, above from
 * @param step distance of the ticks
 */
public record Axis(double from, double to, double step) {
  private static final double[] STEPS = {1, 2, 2.5, 5, 10};
  private static final double TOLERANCE = 1e-9;

  /** An axis that spans some values with about so many steps. */
  public static Axis over(double smallest, double largest, int steps) {
    double span = largest > smallest ? largest - smallest : Math.max(Math.abs(largest), 1);
    double step = step(span / steps);
    double from = Math.floor(smallest / step + TOLERANCE) * step;
    double to = Math.ceil(largest / step - TOLERANCE) * step;
    return new Axis(from, to > from ? to : from + step, step);
  }

  /** An axis with just these ends. */
  public static Axis exactly(double from, double to, int steps) {
    return new Axis(from, to, step((to - from) / steps));
  }

  private static double step(double least) {
    double unit = Math.pow(10, Math.floor(Math.log10(least)));
    for (double multiple : STEPS) {
      if (multiple * unit >= least * (1 - TOLERANCE)) {
        return multiple * unit;
      }
    }
    return 10 * unit;
  }

  /** The values of the ticks, from the first to the last. */
  public List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    double first = Math.ceil(from / step - TOLERANCE);
    for (double i = first; i * step <= to + TOLERANCE * step; i++) {
      // no negative zero
      ticks.add(i * step + 0.0);
    }
    return ticks;
  }

  /** Where a value lies on a line of pixels. */
  public double at(double value, double begin, double end) {
    return begin + (value - from) / (to - from) * (end - begin);
  }

  /** A tick's label: as many decimals as the step needs. */
  public String label(double value) {
    int decimals = 0;
    double scaled = step;
    while (decimals < 6 && Math.abs(scaled - Math.rint(scaled)) > TOLERANCE * scaled) {
      scaled *= 10;
      decimals++;
    }
    return Numbers.decimals(value, decimals);
  }
}
