package io.spikeformer.data.text;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Comma-separated values as RFC 4180 has them: fields may stand in quotes, where two quotes stand
 * for one. Spaces around a field are no part of it, and blank lines are passed over.
 */
public final class CsvTable {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setIgnoreEmptyLines(false) // they count as lines
          .setIgnoreSurroundingSpaces(true)
          .build();

  /**
   * A row that is not blank.
   *
   * @param line number of its first line, from 1
   * @param fields at least one
   */
  public record Row(int line, List<String> fields) {
    /** Keeps the fields. */
    public Row {
      fields = List.copyOf(fields);
    }

    /** A field, or nothing if the row is too short to have it. */
    public String field(int index) {
      return index < fields.size() ? fields.get(index) : "";
    }

    /** All of it for a message: what cannot be seen is named. */
    public String named() {
      return Characters.named(String.join(",", fields), 100);
    }
  }

  private CsvTable() {}

  /**
   * All rows, the heading too.
   *
   * @throws UserException with the line, if quotes do not enclose a field
   */
  public static List<Row> rows(TextFile file) {
    List<Row> rows = new ArrayList<>();
    long before = 0;
    try (CSVParser parser = CSVParser.parse(file.text(), FORMAT)) {
      Iterator<CSVRecord> records = parser.iterator();
      while (next(records, file, before)) {
        List<String> fields = records.next().stream().map(Characters::strip).toList();
        if (fields.stream().anyMatch(field -> !field.isEmpty())) {
          rows.add(new Row((int) before + 1, fields));
        }
        before = parser.getCurrentLineNumber();
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("a text in memory cannot fail to be read", failure);
    }
    return rows;
  }

  private static boolean next(Iterator<CSVRecord> records, TextFile file, long before) {
    try {
      return records.hasNext();
    } catch (UncheckedIOException damage) {
      throw new UserException(
          damage,
          "damaged CSV: expected quotes around a whole field, and two for a quote in it, found"
              + " others in %s from line %d on",
          file.name(),
          before + 1);
    }
  }
}
