package io.spikeformer.eval.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;

/** Points with names between two axes; names that would lie on one another move apart. */
public final class ScatterChart {
  private static final double WIDTH = 510;
  private static final double HEIGHT = 330;
  private static final double LEFT = 58;
  private static final double RIGHT = 494;
  private static final double TOP = 26;
  private static final double BOTTOM = 280;
  private static final double LINE = 13;
  private static final double RADIUS = 4;
  private static final double LONGEST_NAME = 170;
  private static final int STEPS = 5;
  private static final int COLOURS = 5;

  private final Dimension across;
  private final Dimension up;

  /**
   * An axis.
   *
   * @param title what it measures, with its unit
   * @param print prints the value of a tick
   */
  public record Dimension(String title, DoubleFunction<String> print) {}

  /**
   * A point.
   *
   * @param name beside it
   * @param x place on the axis across, &gt;= 0
   * @param y place on the axis up
   * @param tooltip shown on hovering
   */
  public record Point(String name, double x, double y, String tooltip) {}

  /** A name's place: its left end, and the line that it stands on. */
  private record Label(String text, double x, double y) {
    boolean meets(Label other) {
      return Math.abs(y - other.y) < LINE && x < other.x + other.width() && other.x < x + width();
    }

    double width() {
      return text.length() * Chart.CHARACTER;
    }
  }

  public ScatterChart(Dimension across, Dimension up) {
    this.across = across;
    this.up = up;
  }

  /** Draws the points whose coordinates are numbers; a note says so if there is none. */
  public void draw(Markup page, String title, List<Point> points) {
    List<Point> drawn =
        points.stream().filter(p -> Double.isFinite(p.x()) && Double.isFinite(p.y())).toList();
    if (drawn.isEmpty()) {
      page.element("p", "There is no point to draw: the figures are undefined.", "class", "note");
      return;
    }
    Chart chart = Chart.open(page, title, WIDTH, HEIGHT);
    Axis x = Axis.over(0, drawn.stream().mapToDouble(Point::x).max().orElseThrow(), STEPS);
    Axis y =
        Axis.over(
            drawn.stream().mapToDouble(Point::y).min().orElseThrow(),
            drawn.stream().mapToDouble(Point::y).max().orElseThrow(),
            STEPS);
    axes(chart, x, y);
    for (int i = 0; i < drawn.size(); i++) {
      Point point = drawn.get(i);
      chart.dot(
          "stage-" + i % COLOURS,
          x.at(point.x(), LEFT, RIGHT),
          y.at(point.y(), BOTTOM, TOP),
          RADIUS,
          point.tooltip());
    }
    labels(drawn, x, y).forEach(label -> chart.text("label", label.x(), label.y(), label.text()));
    chart.close();
  }

  private void axes(Chart chart, Axis x, Axis y) {
    for (double tick : y.ticks()) {
      double height = y.at(tick, BOTTOM, TOP);
      chart.line("grid", LEFT, height, RIGHT, height);
      chart.text("tick-y", LEFT - 6, height + 4, up.print().apply(tick));
    }
    for (double tick : x.ticks()) {
      double at = x.at(tick, LEFT, RIGHT);
      chart.line("grid", at, TOP, at, BOTTOM);
      chart.text("tick-x", at, BOTTOM + 17, across.print().apply(tick));
    }
    chart.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
    chart.line("axis", LEFT, TOP, LEFT, BOTTOM);
    chart.text("legend", 0, 11, up.title());
    chart.text("value", RIGHT, BOTTOM + 38, across.title());
  }

  /** From the highest point down: a name that meets another goes below it. */
  private static List<Label> labels(List<Point> points, Axis x, Axis y) {
    List<Label> placed = new ArrayList<>();
    List<Point> downwards =
        points.stream().sorted(Comparator.comparingDouble(Point::y).reversed()).toList();
    for (Point point : downwards) {
      String text = Chart.fit(point.name(), LONGEST_NAME);
      double at = x.at(point.x(), LEFT, RIGHT);
      double width = text.length() * Chart.CHARACTER;
      boolean fits = at + RADIUS + 5 + width <= WIDTH;
      double left = fits ? at + RADIUS + 5 : at - RADIUS - 5 - width;
      Label label = new Label(text, Math.max(LEFT + 2, left), y.at(point.y(), BOTTOM, TOP) + 4);
      for (int tries = 0; tries < points.size(); tries++) {
        Label wanted = label;
        if (placed.stream().noneMatch(wanted::meets)) {
          break;
        }
        label = new Label(text, label.x(), label.y() + LINE);
      }
      placed.add(label);
    }
    return placed;
  }
}
