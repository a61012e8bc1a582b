package io.spikeformer.data.column;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The types that columns have; all are required. */
final class ColumnTypes {
  /** Column of both kinds of content: rows once decoded. */
  static final String HEIGHT = "height";

  /** Column of both kinds of content: columns once decoded. */
  static final String WIDTH = "width";

  private ColumnTypes() {}

  static Type text(String name) {
    return Types.required(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  static Type binary(String name) {
    return Types.required(PrimitiveTypeName.BINARY).named(name);
  }

  static Type number(String name) {
    return Types.required(PrimitiveTypeName.INT32).named(name);
  }
}
