package io.spikeformer.eval.page;

import io.spikeformer.tasks.report.Bars.Row;
import java.util.List;

/** Horizontal bars: a filled one per row, before an outlined one that it is compared with. */
public final class BarChart {
  private static final double ROW = 21;
  private static final double BAR = 13;
  private static final double LEAST_VALUE_WIDTH = 84;

  private BarChart() {}

  /**
   * Draws the bars.
   *
   * @param longest value of a bar of full length
   */
  public static void draw(
      Markup markup, String title, List<Row> rows, double longest, double width) {
    double labels =
        Math.min(
            0.35 * width,
            12 + Chart.CHARACTER * rows.stream().mapToInt(r -> r.label().length()).max().orElse(0));
    int longestText = rows.stream().mapToInt(r -> r.text().length()).max().orElse(0);
    double room = width - labels - Math.max(LEAST_VALUE_WIDTH, 16 + Chart.CHARACTER * longestText);
    double scale = longest > 0 ? room / longest : 0;
    double height = rows.size() * ROW + 4;
    Chart chart = Chart.open(markup, title, width, height);
    for (int quarter = 0; quarter <= 4; quarter++) {
      double x = labels + room * quarter / 4;
      chart.line(quarter == 0 ? "axis" : "grid", x, 0, x, height);
    }
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double y = 2 + i * ROW + (ROW - BAR) / 2;
      double base = y + BAR - 2.5;
      chart.text("row-label", labels - 8, base, Chart.fit(row.label(), labels - 10));
      if (row.compared() > 0) {
        chart.rectangle("compared", labels, y, scale * row.compared(), BAR, row.tooltip());
      }
      if (row.value() > 0) {
        chart.rectangle("bar", labels, y, scale * row.value(), BAR, row.tooltip());
      }
      if (row.compared() > 0 && row.compared() < row.value()) {
        // an outline inside the filled bar, which would hide it
        chart.rectangle("compared over", labels, y, scale * row.compared(), BAR, row.tooltip());
      }
      chart.text("value", width - 2, base, row.text());
    }
    chart.close();
  }
}
