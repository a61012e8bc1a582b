package io.spikeformer.tasks.report;

import java.util.List;

/**
 * Pictures in rows and columns, with a legend of their colours.
 *
 * @param heading of the columns
 * @param rows from top to bottom
 * @param legend colours and what they stand for
 */
public record Pictures(List<String> heading, List<Row> rows, List<Colour> legend) implements Panel {
  /** Takes copies. */
  public Pictures {
    heading = List.copyOf(heading);
    rows = List.copyOf(rows);
    legend = List.copyOf(legend);
  }

  /**
   * A row.
   *
   * @param label below it
   * @param pictures as many as there are columns
   */
  public record Row(String label, List<Picture> pictures) {
    /** Takes a copy. */
    public Row {
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * A picture.
   *
   * @param type of the file, for example image/png
   * @param file in base64
   * @param text for those who cannot see it
   */
  public record Picture(String type, String file, String text) {}

  /**
   * An entry of the legend.
   *
   * @param colour 0xRRGGBB
   * @param name of what it stands for
   */
  public record Colour(int colour, String name) {}
}
