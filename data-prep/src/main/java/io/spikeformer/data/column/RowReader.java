package io.spikeformer.data.column;

import org.apache.parquet.example.data.Group;

/**
 * The columns of one row, by name.
 *
 * @param row as Parquet gave it
 */
record RowReader(Group row) {
  private static final int ONLY_VALUE = 0;

  int number(String column) {
    return row.getInteger(column, ONLY_VALUE);
  }

  String text(String column) {
    return row.getString(column, ONLY_VALUE);
  }

  byte[] binary(String column) {
    return row.getBinary(column, ONLY_VALUE).getBytes();
  }
}
