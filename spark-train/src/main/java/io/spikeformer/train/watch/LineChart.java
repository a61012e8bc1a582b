package io.spikeformer.train.watch;

import io.spikeformer.eval.page.Axis;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Curves over the optimizer steps. */
final class LineChart {
  private static final double WIDTH = 510;
  private static final double HEIGHT = 216;
  private static final double LEFT = 56;
  private static final double RIGHT = 502;
  private static final double TOP = 24;
  private static final double BOTTOM = 190;
  private static final double RADIUS = 3;
  private static final int X_STEPS = 6;
  private static final int Y_STEPS = 4;

  private final String title;
  private final double end;
  private final DoubleFunction<String> print;
  private final List<Series> series = new ArrayList<>();

  /**
   * One curve.
   *
   * @param label its name
   * @param dotted whether its points are shown, with their values as tooltips
   * @param points x in optimizer steps and y in turn
   */
  private record Series(String label, boolean dotted, double[] points) {}

  /**
   * A chart without curves.
   *
   * @param title what it shows
   * @param end the last optimizer step
   * @param print prints a value with its unit
   */
  LineChart(String title, double end, DoubleFunction<String> print) {
    this.title = title;
    this.end = end;
    this.print = print;
  }

  /** Adds a curve; points that are NaN are left out. */
  LineChart curve(String label, double... points) {
    return add(new Series(label, false, points));
  }

  /** Adds a curve whose points are shown. */
  LineChart dots(String label, double... points) {
    return add(new Series(label, true, points));
  }

  private LineChart add(Series curve) {
    for (int i = 1; i < curve.points().length; i += 2) {
      if (!Double.isNaN(curve.points()[i])) {
        series.add(curve);
        break;
      }
    }
    return this;
  }

  void draw(Markup page) {
    page.open("figure").element("figcaption", title);
    if (series.isEmpty()) {
      page.element("p", "nothing yet", "class", "note");
    } else {
      Chart chart = Chart.open(page, title, WIDTH, HEIGHT);
      draw(chart);
      chart.close();
    }
    page.close();
  }

  private void draw(Chart chart) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (Series curve : series) {
      for (int i = 1; i < curve.points().length; i += 2) {
        if (Double.isFinite(curve.points()[i])) {
          smallest = Math.min(smallest, curve.points()[i]);
          largest = Math.max(largest, curve.points()[i]);
        }
      }
    }
    Axis y = Axis.over(smallest, largest, Y_STEPS);
    Axis x = Axis.exactly(0, end, X_STEPS);
    for (double tick : y.ticks()) {
      double height = y.at(tick, BOTTOM, TOP);
      chart.line("grid", LEFT, height, RIGHT, height);
      chart.text("tick-y", LEFT - 6, height + 4, print.apply(tick));
    }
    steps(chart, x, LEFT, RIGHT, BOTTOM);
    double legend = LEFT;
    for (int i = 0; i < series.size(); i++) {
      curve(chart, i, x, y);
      String label = series.get(i).label();
      chart.rectangle("legend-mark dot-" + i, legend, 5, 10, 4, label);
      chart.text("legend", legend + 15, 11, label);
      legend += 32 + label.length() * Chart.CHARACTER;
    }
  }

  /** The axis of optimizer steps below a chart. */
  static void steps(Chart chart, Axis x, double left, double right, double bottom) {
    chart.line("axis", left, bottom, right, bottom);
    for (double tick : x.ticks()) {
      double at = x.at(tick, left, right);
      chart.line("axis", at, bottom, at, bottom + 4);
      chart.text("tick-x", at, bottom + 17, x.label(tick));
    }
    chart.text("value", left - 14, bottom + 17, "step");
  }

  private void curve(Chart chart, int index, Axis x, Axis y) {
    Series curve = series.get(index);
    double[] points = new double[curve.points().length];
    for (int i = 0; i < points.length; i += 2) {
      double value = curve.points()[i + 1];
      points[i] = x.at(curve.points()[i], LEFT, RIGHT);
      points[i + 1] = Double.isFinite(value) ? y.at(value, BOTTOM, TOP) : Double.NaN;
      if (curve.dotted() && Double.isFinite(value)) {
        String tooltip = "step " + x.label(curve.points()[i]) + ": " + print.apply(value);
        chart.dot("dot-" + index, points[i], points[i + 1], RADIUS, tooltip);
      }
    }
    chart.path("curve curve-" + index, points);
  }
}
