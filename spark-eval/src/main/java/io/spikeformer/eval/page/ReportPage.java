package io.spikeformer.eval.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The frame of a report: one HTML page, no scripts, nothing loaded from elsewhere. */
public final class ReportPage {
  private ReportPage() {}

  /** Opens a page with its style sheet, up to the main element's content. */
  public static void open(Markup page, String title) {
    page.declaration("DOCTYPE html");
    page.open("html", "lang", "en").open("head");
    page.single("meta", "charset", "utf-8");
    page.single("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.single("meta", "name", "color-scheme", "content", "light dark");
    page.element("title", title).style(styleSheet()).close();
    page.open("body").open("main");
  }

  /** Closes what {@link #open} opened. */
  public static void close(Markup page) {
    page.close().close().close();
  }

  /** Opens a section with a heading and a note. */
  public static void section(Markup page, String title, String note) {
    page.open("section").element("h2", title).element("p", note, "class", "note");
  }

  /**
   * A headline figure.
   *
   * @param label above it
   * @param value the figure
   * @param note below it
   */
  public static void tile(Markup page, String label, String value, String note) {
    page.open("div", "class", "tile");
    page.element("p", label, "class", "tile-label");
    page.element("p", value, "class", "tile-value");
    page.element("p", note, "class", "tile-note");
    page.close();
  }

  /** The pages' style sheet: colours of both schemes, layout, tables, charts. */
  public static String styleSheet() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(
          Objects.requireNonNull(in, "report.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
