package io.spikeformer.eval;

import io.spikeformer.eval.energy.HeatLegend;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.tasks.report.Matrix;

/** Draws a {@link Matrix} with its legend. */
final class MatrixChart {
  private static final double HALF = 510;
  private static final double WHOLE = 1000;

  /** Width of a place for names, of half a page and of a whole one. */
  private static final double NAMES_OF_HALF = 120;

  private static final double NAMES_OF_WHOLE = 200;
  private static final double MARGIN = 22;

  private final Matrix matrix;
  private final boolean wide;

  /**
   * A chart.
   *
   * @param wide whether it has the whole width of the page
   */
  MatrixChart(Matrix matrix, boolean wide) {
    this.matrix = matrix;
    this.wide = wide;
  }

  void draw(Markup markup) {
    markup.open("div");
    if (matrix.names().isEmpty()) {
      drawUnnamed(markup);
    } else {
      drawNamed(markup);
    }
    HeatLegend.shares(markup, matrix.legend().diagonal(), matrix.legend().beside());
    markup.close();
  }

  private void drawNamed(Markup markup) {
    int longest = matrix.names().stream().mapToInt(String::length).max().orElse(0);
    double labels = Math.min(wide ? NAMES_OF_WHOLE : NAMES_OF_HALF, 14 + Chart.CHARACTER * longest);
    double heading = labels * 0.72 + 16;
    double room = (wide ? WHOLE : HALF) - labels - heading;
    double side = Math.min(46, room / matrix.size());
    double extent = matrix.size() * side;
    Chart chart =
        Chart.open(markup, matrix.title(), labels + extent + heading, heading + extent + 4);
    for (int i = 0; i < matrix.size(); i++) {
      String name = Chart.fit(matrix.names().get(i), labels - 12);
      chart.text("row-label", labels - 6, heading + (i + 0.5) * side + 4, name);
      chart.slanted("column-label", labels + (i + 0.5) * side, heading - 6, name);
    }
    frame(chart, labels, heading, extent);
    for (Matrix.Cell cell : matrix.cells()) {
      Chart.Box box =
          new Chart.Box(
              labels + cell.column() * side, heading + cell.row() * side, side - 1, side - 1);
      String text = Chart.fits(cell.text(), side) ? cell.text() : "";
      chart.cell(style(cell), box, Math.sqrt(cell.share()), text, cell.tooltip());
    }
    chart.close();
  }

  private void drawUnnamed(Markup markup) {
    double side = (HALF - MARGIN) / matrix.size();
    Chart chart = Chart.open(markup, matrix.title(), HALF, HALF);
    chart.text("column-note", MARGIN, 14, matrix.note());
    frame(chart, MARGIN, MARGIN, HALF - MARGIN);
    for (Matrix.Cell cell : matrix.cells()) {
      Chart.Box box =
          new Chart.Box(
              MARGIN + cell.column() * side, MARGIN + cell.row() * side, side - 0.5, side - 0.5);
      chart.cell(style(cell), box, Math.sqrt(cell.share()), "", cell.tooltip());
    }
    chart.close();
  }

  private static void frame(Chart chart, double x, double y, double extent) {
    chart.rectangle("frame", x - 0.5, y - 0.5, extent, extent, "no samples");
  }

  private static String style(Matrix.Cell cell) {
    return cell.row() == cell.column() ? "right" : "wrong";
  }
}
