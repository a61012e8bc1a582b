package io.spikeformer.train.watch;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.energy.HeatLegend;
import io.spikeformer.eval.page.Axis;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.train.RoundMetrics;
import java.util.List;

/** Firing rates and wall time over the optimizer steps, a column for each point of the history. */
final class ActivityCharts {
  private static final double WIDTH = 1060;
  private static final double LEFT = 196;
  private static final double RIGHT = 1000;
  private static final double ROW = 18;
  private static final double AXIS = 24;
  private static final double LEGEND_GAP = 8;
  private static final double TIME_TOP = 22;
  private static final double TIME_HEIGHT = 96;
  private static final int X_STEPS = 12;
  private static final List<String> PARTS = List.of("compute", "data", "averaging", "checkpoint");

  private final Markup page;
  private final int mostFired;
  private final List<RoundHistory.Point> points;
  private final List<FiringAlarms.Alarm> alarms;
  private final Axis steps;

  /**
   * Charts of a history.
   *
   * @param history not empty
   * @param alarms of the latest round
   * @param mostFired the most that a neuron fires in a timestep, the end of the colours
   */
  ActivityCharts(
      Markup page,
      List<RoundHistory.Point> history,
      List<FiringAlarms.Alarm> alarms,
      int mostFired) {
    this.page = page;
    this.mostFired = mostFired;
    this.alarms = alarms;
    this.points =
        history.size() > RoundHistory.CAPACITY / 2 ? RoundHistory.joined(history) : history;
    this.steps = Axis.exactly(0, history.get(history.size() - 1).end(), X_STEPS);
  }

  /**
   * A row for each block; colour on a square-root scale; the latest rate as a number. A block with
   * layers that are silent or saturated has an outline.
   */
  void firing() {
    RoundHistory.Point last = points.get(points.size() - 1);
    List<String> blocks = List.copyOf(last.activity().firing().keySet());
    double bottom = blocks.size() * ROW + 2;
    double height = bottom + AXIS + LEGEND_GAP + HeatLegend.HEIGHT;
    Chart chart = Chart.open(page, "Firing rate of every block", WIDTH, height);
    for (int i = 0; i < blocks.size(); i++) {
      String block = blocks.get(i);
      double y = i * ROW;
      chart.text("row-label", LEFT - 8, y + 13, Chart.fit(block + marks(block), LEFT - 10));
      for (RoundHistory.Point point : points) {
        double rate = rate(point, block);
        double x = steps.at(point.begin(), LEFT, RIGHT);
        double width = steps.at(point.end(), LEFT, RIGHT) - x;
        String tooltip = Text.format("%s, %s: rate %s", block, span(point), decimals(rate));
        Chart.Box box = new Chart.Box(x, y, width, ROW - 1);
        chart.cell("heat", box, Math.sqrt(rate / mostFired), "", tooltip);
      }
      if (!marks(block).isEmpty()) {
        Chart.Box row = new Chart.Box(LEFT, y, RIGHT - LEFT, ROW - 1);
        chart.outline("silent", row, block + marks(block));
      }
      chart.text("value", WIDTH - 8, y + 13, decimals(rate(last, block)));
    }
    LineChart.steps(chart, steps, LEFT, RIGHT, bottom);
    HeatLegend.rates(chart, LEFT, bottom + AXIS + LEGEND_GAP, mostFired);
    chart.close();
  }

  /** How many layers of a block are silent or saturated, as words behind its name. */
  private String marks(String block) {
    StringBuilder marks = new StringBuilder();
    for (FiringAlarms.Kind kind : FiringAlarms.Kind.values()) {
      long layers =
          alarms.stream()
              .filter(alarm -> alarm.kind() == kind && isOf(alarm.layer(), block))
              .count();
      if (layers > 0) {
        marks.append(", ").append(layers).append(' ').append(kind.label());
      }
    }
    return marks.toString();
  }

  private static boolean isOf(String layer, String block) {
    return layer.equals(block) || layer.startsWith(block + ".");
  }

  private static double rate(RoundHistory.Point point, String block) {
    return point.activity().firing().getOrDefault(block, Double.NaN) / point.samples();
  }

  private static String decimals(double rate) {
    return Numbers.decimals(rate, 4);
  }

  private static String span(RoundHistory.Point point) {
    return "steps " + Numbers.count(point.begin() + 1) + " to " + Numbers.count(point.end());
  }

  /** Shares of the wall time, stacked. */
  void time() {
    double bottom = TIME_TOP + TIME_HEIGHT;
    Chart chart = Chart.open(page, "Where the time went", WIDTH, bottom + AXIS);
    double[] totals = new double[PARTS.size()];
    for (RoundHistory.Point point : points) {
      double[] seconds = parts(point.activity().seconds());
      double sum = sum(seconds);
      double x = steps.at(point.begin(), LEFT, RIGHT);
      double width = steps.at(point.end(), LEFT, RIGHT) - x;
      double y = bottom;
      for (int part = 0; part < seconds.length; part++) {
        totals[part] += seconds[part];
        double height = TIME_HEIGHT * seconds[part] / sum;
        y -= height;
        String tooltip =
            Text.format(
                "%s, %s: %s s per round, %s",
                PARTS.get(part),
                span(point),
                Numbers.significant(seconds[part] / point.rounds()),
                Numbers.percent(seconds[part] / sum, 1));
        chart.rectangle("stage-" + part, x, y, width, height, tooltip);
      }
    }
    for (int quarter = 0; quarter <= 4; quarter += 2) {
      double y = bottom - TIME_HEIGHT * quarter / 4;
      chart.text("row-label", LEFT - 8, y + 4, 25 * quarter + " %");
    }
    legend(chart, totals);
    LineChart.steps(chart, steps, LEFT, RIGHT, bottom);
    chart.close();
  }

  private static void legend(Chart chart, double[] totals) {
    double x = LEFT;
    for (int part = 0; part < totals.length; part++) {
      String label = PARTS.get(part) + " " + Numbers.percent(totals[part] / sum(totals), 1);
      chart.rectangle("stage-" + part, x, 2, 10, 10, label);
      chart.text("legend", x + 15, 11, label);
      x += 40 + label.length() * Chart.CHARACTER;
    }
  }

  private static double[] parts(RoundMetrics.Seconds seconds) {
    return new double[] {
      seconds.compute(), seconds.data(), seconds.averaging(), seconds.checkpoint()
    };
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
