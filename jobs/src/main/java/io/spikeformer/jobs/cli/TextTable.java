package io.spikeformer.jobs.cli;

import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.List;

/** Columns of text: the first ones to the left, numbers to the right. */
public final class TextTable {
  private static final String GAP = "  ";

  private final int leftColumns;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table with a heading.
   *
   * @param leftColumns how many columns, from the first, are aligned to the left
   */
  public TextTable(int leftColumns, String... heading) {
    this.leftColumns = leftColumns;
    rows.add(List.of(heading));
  }

  public TextTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          Text.format("table: expected %s cells, found %s", rows.get(0).size(), cells.length));
    }
    rows.add(List.of(cells));
    return this;
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String padding = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : GAP);
        line.append(i < leftColumns ? row.get(i) + padding : padding + row.get(i));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
