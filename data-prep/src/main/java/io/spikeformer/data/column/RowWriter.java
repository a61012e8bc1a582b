package io.spikeformer.data.column;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** The columns of one row on their way to Parquet, by name. */
final class RowWriter {
  private final MessageType schema;
  private final RecordConsumer columns;

  RowWriter(MessageType schema, RecordConsumer columns) {
    this.schema = schema;
    this.columns = columns;
  }

  void number(String column, int value) {
    int index = schema.getFieldIndex(column);
    columns.startField(column, index);
    columns.addInteger(value);
    columns.endField(column, index);
  }

  void text(String column, String value) {
    value(column, Binary.fromString(value));
  }

  void binary(String column, byte[] value) {
    value(column, Binary.fromConstantByteArray(value));
  }

  private void value(String column, Binary value) {
    int index = schema.getFieldIndex(column);
    columns.startField(column, index);
    columns.addBinary(value);
    columns.endField(column, index);
  }
}
