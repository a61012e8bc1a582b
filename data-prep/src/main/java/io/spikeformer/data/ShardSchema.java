package io.spikeformer.data;

import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/** The columns of a shard and the keys of its footer. */
final class ShardSchema {
  static final String KEY = "key";
  static final String LABEL = "label";
  static final String IMAGE = "image";
  static final String ENCODING = "encoding";
  static final String HEIGHT = "height";
  static final String WIDTH = "width";

  /** Footer entry: the rejected inputs that belong to this shard, as a JSON array. */
  static final String REJECTED_ENTRY = "spikeformer.rejected";

  static final MessageType IMAGE_SAMPLES =
      Types.buildMessage()
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(KEY)
          .required(PrimitiveTypeName.INT32)
          .named(LABEL)
          .required(PrimitiveTypeName.BINARY)
          .named(IMAGE)
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(ENCODING)
          .required(PrimitiveTypeName.INT32)
          .named(HEIGHT)
          .required(PrimitiveTypeName.INT32)
          .named(WIDTH)
          .named("image_sample");

  private ShardSchema() {}

  /** The name of a shard's file. */
  static String fileName(int shard) {
    return "part-%05d.parquet".formatted(shard);
  }
}
