package io.spikeformer.eval;

import io.spikeformer.eval.energy.HeatLegend;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.Numbers;
import java.util.Comparator;
import java.util.List;

/**
 * The confusion matrix: rows are the classes of the samples, columns what they were taken for. A
 * cell's colour is the share of its row, on a square-root scale so that rare confusions show.
 *
 * <p>With many classes, neighbouring ones share a cell.
 */
final class ConfusionChart {
  /** The most classes that get a row of their own. */
  static final int MOST_CLASSES = 40;

  private static final int MOST_BESIDE_A_TABLE = 14;
  private static final double HALF = 510;
  private static final double WHOLE = 1000;

  private final List<ClassResult> classes;
  private final List<Confusion> cells;

  ConfusionChart(List<ClassResult> classes, List<Confusion> cells) {
    this.classes = classes;
    this.cells = cells;
  }

  /** Whether the picture needs the whole width of the page. */
  boolean wide() {
    return classes.size() > MOST_BESIDE_A_TABLE && classes.size() <= MOST_CLASSES;
  }

  void draw(Markup markup) {
    markup.open("div");
    if (classes.size() <= MOST_CLASSES) {
      drawClasses(markup);
    } else {
      drawGroups(markup);
    }
    HeatLegend.shares(markup);
    markup.close();
  }

  private void drawClasses(Markup markup) {
    int longest = classes.stream().mapToInt(c -> c.name().length()).max().orElse(0);
    double labels = Math.min(wide() ? 200 : 120, 14 + Chart.CHARACTER * longest);
    double heading = labels * 0.72 + 16;
    double room = (wide() ? WHOLE : HALF) - labels - heading;
    double side = Math.min(46, room / classes.size());
    double extent = classes.size() * side;
    Chart chart =
        Chart.open(markup, "Confusion matrix", labels + extent + heading, heading + extent + 4);
    for (int i = 0; i < classes.size(); i++) {
      String name = Chart.fit(classes.get(i).name(), labels - 12);
      chart.text("row-label", labels - 6, heading + (i + 0.5) * side + 4, name);
      chart.slanted("column-label", labels + (i + 0.5) * side, heading - 6, name);
    }
    frame(chart, labels, heading, extent);
    for (Confusion cell : cells) {
      ClassResult actual = classes.get(cell.actual());
      double share = (double) cell.samples() / actual.samples();
      String text = Numbers.count(cell.samples());
      Chart.Box box =
          new Chart.Box(
              labels + cell.predicted() * side, heading + cell.actual() * side, side - 1, side - 1);
      String tooltip =
          "%s taken for %s: %s of %s (%s)"
              .formatted(
                  actual.name(),
                  classes.get(cell.predicted()).name(),
                  Numbers.count(cell.samples()),
                  Numbers.count(actual.samples()),
                  Numbers.percent(share));
      chart.cell(
          style(cell.actual(), cell.predicted()),
          box,
          Math.sqrt(share),
          Chart.fits(text, side) ? text : "",
          tooltip);
    }
    chart.close();
  }

  private void drawGroups(Markup markup) {
    int groups = MOST_CLASSES;
    double[][] shares = new double[groups][groups];
    int[] sizes = new int[groups];
    for (int c = 0; c < classes.size(); c++) {
      sizes[group(c)] += classes.get(c).samples() > 0 ? 1 : 0;
    }
    for (Confusion cell : cells) {
      shares[group(cell.actual())][group(cell.predicted())] +=
          (double) cell.samples() / classes.get(cell.actual()).samples();
    }
    double margin = 22;
    double side = (HALF - margin) / groups;
    Chart chart =
        Chart.open(
            markup,
            "Confusion matrix, " + classes.size() + " classes in " + groups + " groups",
            HALF,
            HALF);
    chart.text("column-note", margin, 14, "taken for class 1 to " + classes.size() + " →");
    frame(chart, margin, margin, HALF - margin);
    for (int row = 0; row < groups; row++) {
      for (int column = 0; column < groups; column++) {
        double share = shares[row][column] / sizes[row];
        if (share > 0) {
          String tooltip =
              "%s taken for %s: %s".formatted(range(row), range(column), Numbers.percent(share));
          Chart.Box box =
              new Chart.Box(margin + column * side, margin + row * side, side - 0.5, side - 0.5);
          chart.cell(style(row, column), box, Math.sqrt(share), "", tooltip);
        }
      }
    }
    chart.close();
  }

  private static void frame(Chart chart, double x, double y, double extent) {
    chart.rectangle("frame", x - 0.5, y - 0.5, extent, extent, "no samples");
  }

  private int group(int index) {
    return (int) ((long) index * MOST_CLASSES / classes.size());
  }

  private String range(int group) {
    int first = (group * classes.size() + MOST_CLASSES - 1) / MOST_CLASSES;
    int last = ((group + 1) * classes.size() + MOST_CLASSES - 1) / MOST_CLASSES - 1;
    return "classes " + (first + 1) + " to " + (last + 1);
  }

  private static String style(int row, int column) {
    return row == column ? "right" : "wrong";
  }

  /** The most frequent confusions, at most a number of them. */
  List<Confusion> mostConfused(int most) {
    return cells.stream()
        .filter(cell -> cell.actual() != cell.predicted())
        .sorted(Comparator.comparingLong(Confusion::samples).reversed())
        .limit(most)
        .toList();
  }
}
