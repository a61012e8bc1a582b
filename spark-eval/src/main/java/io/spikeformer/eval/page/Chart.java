package io.spikeformer.eval.page;

import static io.spikeformer.common.Numbers.px;

/**
 * An SVG picture of a size in pixels, which shrinks with the page. Its colours are classes of the
 * report's style sheet, so that it follows the light or dark scheme.
 */
public final class Chart {
  /** About the width of a digit or letter of the charts' 11 px text. */
  public static final double CHARACTER = 6.8;

  private final Markup markup;

  private Chart(Markup markup) {
    this.markup = markup;
  }

  /** Opens a picture that assistive technology announces by its title. */
  public static Chart open(Markup markup, String title, double width, double height) {
    markup.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "role",
        "img",
        "aria-label",
        title,
        "viewBox",
        "0 0 " + px(width) + " " + px(height),
        "width",
        px(width));
    markup.element("title", title);
    return new Chart(markup);
  }

  /** Ends the picture. */
  public void close() {
    markup.close();
  }

  /** A rectangle with a tooltip. */
  public void rectangle(
      String style, double x, double y, double width, double height, String tooltip) {
    markup.open(
        "rect",
        "class",
        style,
        "x",
        px(x),
        "y",
        px(y),
        "width",
        px(Math.max(0, width)),
        "height",
        px(height));
    markup.element("title", tooltip);
    markup.close();
  }

  /**
   * A cell of a heat map with a tooltip and a number.
   *
   * @param style class of its colour
   * @param intensity 0 (background) to 1 (full colour)
   * @param label number in the cell; empty for none
   */
  public void cell(String style, Box box, double intensity, String label, String tooltip) {
    markup.open(
        "rect",
        "class",
        style,
        "x",
        px(box.x()),
        "y",
        px(box.y()),
        "width",
        px(box.width()),
        "height",
        px(box.height()),
        "fill-opacity",
        px(Double.isNaN(intensity) ? 0 : Math.min(1, intensity)));
    markup.element("title", tooltip);
    markup.close();
    if (!label.isEmpty()) {
      String tone = intensity > 0.6 ? "cell-text strong" : "cell-text";
      text(tone, box.x() + box.width() / 2, box.y() + box.height() / 2 + 3.5, label);
    }
  }

  /** A cell's place. */
  public record Box(double x, double y, double width, double height) {}

  /** Text whose anchor the style decides. */
  public void text(String style, double x, double y, String text) {
    markup.element("text", text, "class", style, "x", px(x), "y", px(y));
  }

  /** An outline around cells, with a tooltip. */
  public void outline(String style, Box box, String tooltip) {
    rectangle(style, box.x(), box.y(), box.width(), box.height(), tooltip);
  }

  /** Text that rises to the right. */
  public void slanted(String style, double x, double y, String text) {
    markup.element(
        "text",
        text,
        "class",
        style,
        "transform",
        "translate(" + px(x) + " " + px(y) + ") rotate(-40)");
  }

  /** A line. */
  public void line(String style, double x1, double y1, double x2, double y2) {
    markup.open("line", "class", style, "x1", px(x1), "y1", px(y1), "x2", px(x2), "y2", px(y2));
    markup.close();
  }

  /**
   * A line through points, broken where a coordinate is NaN.
   *
   * @param points x and y in turn
   */
  public void path(String style, double[] points) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i + 1 < points.length; i += 2) {
      boolean here = !Double.isNaN(points[i]) && !Double.isNaN(points[i + 1]);
      if (here) {
        path.append(pen ? 'L' : 'M').append(px(points[i])).append(' ').append(px(points[i + 1]));
      }
      pen = here;
    }
    markup.open("path", "class", style, "d", path.toString());
    markup.close();
  }

  /** A dot with a tooltip. */
  public void dot(String style, double x, double y, double radius, String tooltip) {
    markup.open("circle", "class", style, "cx", px(x), "cy", px(y), "r", px(radius));
    markup.element("title", tooltip);
    markup.close();
  }

  /** Whether a number fits into a cell of a width in pixels. */
  public static boolean fits(String number, double width) {
    return number.length() * 6.2 + 4 <= width;
  }

  /**
   * Shortens a label to a width in pixels; the tooltip has it whole. The middle is left out: paths
   * begin alike, and names of classes end alike.
   */
  public static String fit(String label, double width) {
    int room = Math.max(3, (int) (width / CHARACTER));
    if (label.codePointCount(0, label.length()) <= room) {
      return label;
    }
    int tail = room / 2;
    return label.substring(0, label.offsetByCodePoints(0, room - 1 - tail))
        + "…"
        + label.substring(label.offsetByCodePoints(label.length(), -tail));
  }
}
