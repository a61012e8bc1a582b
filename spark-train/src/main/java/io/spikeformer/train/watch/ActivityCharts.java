package io.spikeformer.train.watch;

import io.spikeformer.eval.Chart;
import io.spikeformer.eval.Markup;
import io.spikeformer.eval.Numbers;
import io.spikeformer.train.RoundMetrics;
import java.util.List;

/** Firing rates and wall time over the rounds, a column for each point of the history. */
final class ActivityCharts {
  private static final double WIDTH = 1060;
  private static final double LEFT = 176;
  private static final double RIGHT = 1000;
  private static final double ROW = 18;
  private static final double AXIS = 24;
  private static final double TIME_TOP = 22;
  private static final double TIME_HEIGHT = 96;
  private static final int X_STEPS = 12;
  private static final List<String> PARTS = List.of("compute", "data", "averaging", "checkpoint");

  private final Markup page;
  private final List<RoundHistory.Point> points;
  private final Axis epochs;

  /** Charts of a history that is not empty. */
  ActivityCharts(Markup page, List<RoundHistory.Point> history) {
    this.page = page;
    this.points =
        history.size() > RoundHistory.CAPACITY / 2 ? RoundHistory.joined(history) : history;
    this.epochs = Axis.exactly(0, history.get(history.size() - 1).end(), X_STEPS);
  }

  /** A row for each block; colour on a square-root scale; the latest rate as a number. */
  void firing() {
    RoundHistory.Point last = points.get(points.size() - 1);
    List<String> blocks = List.copyOf(last.activity().firing().keySet());
    double bottom = blocks.size() * ROW + 2;
    Chart chart = Chart.open(page, "Firing rate of every block", WIDTH, bottom + AXIS);
    for (int row = 0; row < blocks.size(); row++) {
      String block = blocks.get(row);
      double y = row * ROW;
      chart.text("row-label", LEFT - 8, y + 13, block);
      for (RoundHistory.Point point : points) {
        double rate = rate(point, block);
        double x = epochs.at(point.begin(), LEFT, RIGHT);
        double width = epochs.at(point.end(), LEFT, RIGHT) - x;
        String tooltip = "%s, %s: rate %s".formatted(block, span(point), decimals(rate));
        Chart.Box box = new Chart.Box(x, y, width, ROW - 1);
        chart.cell("heat", box, Math.sqrt(rate), "", tooltip);
      }
      chart.text("value", WIDTH - 8, y + 13, decimals(rate(last, block)));
    }
    LineChart.epochs(chart, epochs, LEFT, RIGHT, bottom);
    chart.close();
  }

  private static double rate(RoundHistory.Point point, String block) {
    return point.activity().firing().getOrDefault(block, Double.NaN) / point.samples();
  }

  private static String decimals(double rate) {
    return Numbers.decimals(rate, 4);
  }

  private static String span(RoundHistory.Point point) {
    return "epochs %s to %s"
        .formatted(Numbers.decimals(point.begin(), 2), Numbers.decimals(point.end(), 2));
  }

  /** Shares of the wall time, stacked. */
  void time() {
    double bottom = TIME_TOP + TIME_HEIGHT;
    Chart chart = Chart.open(page, "Where the time went", WIDTH, bottom + AXIS);
    double[] totals = new double[PARTS.size()];
    for (RoundHistory.Point point : points) {
      double[] seconds = parts(point.activity().seconds());
      double sum = sum(seconds);
      double x = epochs.at(point.begin(), LEFT, RIGHT);
      double width = epochs.at(point.end(), LEFT, RIGHT) - x;
      double y = bottom;
      for (int part = 0; part < seconds.length; part++) {
        totals[part] += seconds[part];
        double height = TIME_HEIGHT * seconds[part] / sum;
        y -= height;
        String tooltip =
            "%s, %s: %s s per round, %s"
                .formatted(
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
    LineChart.epochs(chart, epochs, LEFT, RIGHT, bottom);
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
