package io.spikeformer.tasks.report;

import io.spikeformer.common.Text;
import java.util.List;

/**
 * A table.
 *
 * @param caption above it
 * @param words how many columns hold words, set flush left; the others hold numbers
 * @param heading of the columns
 * @param rows as many cells each as there are columns; without rows the page says so
 */
public record Table(String caption, int words, List<String> heading, List<List<String>> rows)
    implements Panel {
  /** Takes copies and checks that every row has a cell for each column. */
  public Table {
    heading = List.copyOf(heading);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != heading.size()) {
        throw new IllegalArgumentException(
            Text.format(
                "table '%s': expected %s cells in every row, found %s",
                caption, heading.size(), row));
      }
    }
  }
}
