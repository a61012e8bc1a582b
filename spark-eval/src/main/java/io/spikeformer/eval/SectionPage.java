package io.spikeformer.eval;

import io.spikeformer.eval.page.BarChart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.ReportPage;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Curves;
import io.spikeformer.tasks.report.Matrix;
import io.spikeformer.tasks.report.Panel;
import io.spikeformer.tasks.report.Pictures;
import io.spikeformer.tasks.report.Section;
import io.spikeformer.tasks.report.Table;
import java.util.List;

/** Draws the sections that a task describes. */
final class SectionPage {
  /** Width of a chart in a column of two. */
  static final double HALF = 510;

  private static final double THIRD = 330;

  private final Markup page;

  SectionPage(Markup page) {
    this.page = page;
  }

  void draw(Section section) {
    ReportPage.section(page, section.title(), section.note());
    page.open("div", "class", section.layout().style());
    section.panels().forEach(panel -> draw(panel, section.layout()));
    page.close().close();
  }

  private void draw(Panel panel, Section.Layout layout) {
    if (panel instanceof Bars bars) {
      draw(bars, layout == Section.Layout.THIRDS ? THIRD : HALF);
    } else if (panel instanceof Matrix matrix) {
      new MatrixChart(matrix, layout == Section.Layout.STACKED).draw(page);
    } else if (panel instanceof Curves curves) {
      new CurveChart(curves).draw(page);
    } else if (panel instanceof Table table) {
      draw(table);
    } else if (panel instanceof Pictures pictures) {
      new PictureSheet(pictures).draw(page);
    }
  }

  void draw(Bars bars, double width) {
    page.open("figure").element("figcaption", bars.caption());
    BarChart.draw(page, bars.caption(), bars.rows(), bars.longest(), width);
    page.close();
  }

  private void draw(Table table) {
    page.open("div");
    page.element("h3", table.caption());
    if (table.rows().isEmpty()) {
      page.element("p", "None.", "class", "note").close();
      return;
    }
    page.open("table");
    header(table.words(), table.heading());
    page.open("tbody");
    table.rows().forEach(row -> row(table.words(), row));
    page.close().close().close();
  }

  /** The heading of a table; cells from firstNumber on stand above numbers, set flush right. */
  void header(int firstNumber, List<String> cells) {
    page.open("thead").open("tr");
    for (int i = 0; i < cells.size(); i++) {
      page.element("th", cells.get(i), "scope", "col", "class", style(i, firstNumber));
    }
    page.close().close();
  }

  /** A row of a table; cells from firstNumber on hold numbers, set flush right. */
  void row(int firstNumber, List<String> cells) {
    page.open("tr");
    for (int i = 0; i < cells.size(); i++) {
      page.element("td", cells.get(i), "class", style(i, firstNumber));
    }
    page.close();
  }

  private static String style(int column, int firstNumber) {
    return column >= firstNumber ? "number" : "words";
  }
}
