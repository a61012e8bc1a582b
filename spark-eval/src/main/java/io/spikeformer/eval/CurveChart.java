package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Axis;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.tasks.report.Curves;
import io.spikeformer.tasks.report.Curves.Curve;
import java.util.List;

/** Draws {@link Curves} with their legend. */
final class CurveChart {
  private static final double WIDTH = SectionPage.HALF;
  private static final double HEIGHT = 340;
  private static final double LEFT = 52;
  private static final double RIGHT = 494;
  private static final double TOP = 46;
  private static final double BOTTOM = 290;
  private static final double LINE = 13;
  private static final double DOT = 3;

  /** Every so many points have a tooltip. */
  private static final int TOLD = 10;

  private static final Axis SHARES = Axis.exactly(0, 1, 5);

  private final Curves curves;

  CurveChart(Curves curves) {
    this.curves = curves;
  }

  void draw(Markup page) {
    page.open("figure").element("figcaption", curves.caption());
    Chart chart = Chart.open(page, curves.caption(), WIDTH, HEIGHT);
    for (double tick : SHARES.ticks()) {
      double height = SHARES.at(tick, BOTTOM, TOP);
      double column = SHARES.at(tick, LEFT, RIGHT);
      chart.line("grid", LEFT, height, RIGHT, height);
      chart.line("grid", column, TOP, column, BOTTOM);
      chart.text("tick-y", LEFT - 6, height + 4, Numbers.percent(tick, 0));
      chart.text("tick-x", column, BOTTOM + 17, Numbers.percent(tick, 0));
    }
    chart.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    chart.line("axis", LEFT, TOP, LEFT, BOTTOM);
    chart.text("legend", 0, TOP - LINE, curves.up());
    chart.text("value", RIGHT, BOTTOM + 38, curves.across());
    double legend = LEFT;
    for (int i = curves.curves().size() - 1; i >= 0; i--) {
      curve(chart, i, curves.curves().get(i));
    }
    for (int i = 0; i < curves.curves().size(); i++) {
      String name = curves.curves().get(i).name();
      chart.rectangle("stage-" + i, legend, 2, 10, 10, name);
      chart.text("legend", legend + 15, 11, name);
      legend += 32 + name.length() * Chart.CHARACTER;
    }
    chart.close();
    page.close();
  }

  private static void curve(Chart chart, int index, Curve curve) {
    List<Double> values = curve.values();
    double[] points = new double[2 * values.size()];
    for (int i = 0; i < values.size(); i++) {
      points[2 * i] = SHARES.at(across(values, i), LEFT, RIGHT);
      points[2 * i + 1] = SHARES.at(values.get(i), BOTTOM, TOP);
    }
    chart.path("curve line-" + index, points);
    for (int i = 0; i < values.size(); i += TOLD) {
      String tooltip =
          Text.format(
              "%s: %s at %s",
              curve.name(), Numbers.percent(values.get(i)), Numbers.percent(across(values, i), 0));
      chart.dot("stage-" + index, points[2 * i], points[2 * i + 1], DOT, tooltip);
    }
  }

  private static double across(List<Double> values, int index) {
    return (double) index / Math.max(1, values.size() - 1);
  }
}
