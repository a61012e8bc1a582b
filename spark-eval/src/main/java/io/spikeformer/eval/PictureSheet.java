package io.spikeformer.eval;

import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.tasks.report.Pictures;
import io.spikeformer.tasks.report.Pictures.Colour;
import io.spikeformer.tasks.report.Pictures.Picture;

/** Writes {@link Pictures} into the page, files and all. */
final class PictureSheet {
  private static final String PATCH = "12";

  private final Pictures pictures;

  PictureSheet(Pictures pictures) {
    this.pictures = pictures;
  }

  void draw(Markup page) {
    page.open("div");
    if (!pictures.legend().isEmpty()) {
      legend(page);
    }
    page.open("table", "class", "pictures").open("thead").open("tr");
    pictures.heading().forEach(name -> page.element("th", name, "scope", "col"));
    page.close().close().open("tbody");
    String columns = "" + pictures.heading().size();
    for (Pictures.Row row : pictures.rows()) {
      page.open("tr");
      row.pictures().forEach(picture -> picture(page, picture));
      page.close();
      page.open("tr").element("td", row.label(), "colspan", columns, "class", "note").close();
    }
    page.close().close().close();
  }

  private static void picture(Markup page, Picture picture) {
    String source = "data:" + picture.type() + ";base64," + picture.file();
    page.open("td").single("img", "src", source, "alt", picture.text()).close();
  }

  private void legend(Markup page) {
    page.open("ul", "class", "colours");
    for (Colour entry : pictures.legend()) {
      page.open("li");
      page.open("svg", "width", PATCH, "height", PATCH, "aria-hidden", "true");
      page.open(
          "rect", "width", PATCH, "height", PATCH, "fill", Text.format("#%06x", entry.colour()));
      page.close().close().text(entry.name()).close();
    }
    page.close();
  }
}
