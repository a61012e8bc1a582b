package io.spikeformer.tasks.report;

import java.util.List;

/**
 * Horizontal bars: a filled one a row, before an outlined one that it is compared with.
 *
 * @param caption above them
 * @param rows from top to bottom
 * @param longest value of a bar of full length
 */
public record Bars(String caption, List<Row> rows, double longest) implements Panel {
  /** Takes a copy of the list. */
  public Bars {
    rows = List.copyOf(rows);
  }

  /**
   * One row.
   *
   * @param label name of the row
   * @param value length of the filled bar; NaN for none
   * @param compared length of the outlined bar; NaN for none
   * @param text printed at the end
   * @param tooltip shown on hovering
   */
  public record Row(String label, double value, double compared, String text, String tooltip) {}
}
