package io.spikeformer.eval.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.shard.ParquetStream;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.tasks.Column;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * A model's answers to the samples of one shard, in their order, as a Parquet file that Spark and
 * pandas read: the key of each, then the columns of the task.
 */
final class PredictionFile {
  private static final String KEY = "key";
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private PredictionFile() {}

  private static MessageType schema(List<Column> columns) {
    Types.GroupBuilder<MessageType> schema =
        Types.buildMessage().addField(field(KEY, Column.Kind.TEXT));
    for (Column column : columns) {
      schema.addField(
          column.shape() == Column.Shape.SINGLE
              ? field(column.name(), column.kind())
              : Types.requiredList().element(field(ELEMENT, column.kind())).named(column.name()));
    }
    return schema.named("prediction");
  }

  private static Type field(String name, Column.Kind kind) {
    return switch (kind) {
      case TEXT ->
          Types.required(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(name);
      case INTEGER -> Types.required(PrimitiveTypeName.INT32).named(name);
      case FLOAT -> Types.required(PrimitiveTypeName.FLOAT).named(name);
    };
  }

  /** Receives the predictions of a shard. */
  interface Sink {
    /** For those who do not want predictions. */
    Sink NONE =
        new Sink() {
          @Override
          public void accept(List<String> keys, List<List<?>> rows) {}

          @Override
          public boolean wanted() {
            return false;
          }
        };

    /** Takes the predictions of a batch: a key and the values of the columns for each sample. */
    void accept(List<String> keys, List<List<?>> rows) throws IOException;

    /** Whether it does anything with them. */
    default boolean wanted() {
      return true;
    }
  }

  /** Gives the samples of a shard to a sink. */
  interface Content {
    void writeTo(Sink sink) throws IOException;
  }

  /** The file of a shard. */
  static Path of(Path folder, int shard) {
    return new Path(folder, Text.format("part-%05d.parquet", shard));
  }

  /**
   * Writes the file of a shard, whole or not at all.
   *
   * @param columns of the task, after that of the key
   */
  static void write(Storage storage, Path file, List<Column> columns, Content content) {
    MessageType schema = schema(columns);
    storage.write(
        file,
        stream -> {
          try (ParquetWriter<Group> parquet =
              ExampleParquetWriter.builder(new ParquetStream(stream))
                  .withConf(storage.configuration())
                  .withType(schema)
                  .withCompressionCodec(CompressionCodecName.ZSTD)
                  // one encoding a column: Parquet lists several in the order of a set of enum
                  // constants, which changes from one JVM to the next
                  .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
                  .withDictionaryEncoding(false)
                  .build()) {
            content.writeTo(
                (keys, rows) -> {
                  for (int i = 0; i < keys.size(); i++) {
                    parquet.write(row(schema, keys.get(i), columns, rows.get(i)));
                  }
                });
          }
        });
  }

  private static Group row(MessageType schema, String key, List<Column> columns, List<?> values) {
    Group row = new SimpleGroup(schema).append(KEY, key);
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      if (columns.get(i).shape() == Column.Shape.SINGLE) {
        append(row, name, values.get(i));
      } else {
        Group list = row.addGroup(name);
        for (Object value : (List<?>) values.get(i)) {
          append(list.addGroup(LIST), ELEMENT, value);
        }
      }
    }
    return row;
  }

  private static void append(Group group, String field, Object value) {
    if (value instanceof String text) {
      group.append(field, text);
    } else if (value instanceof Integer number) {
      group.append(field, number);
    } else {
      group.append(field, (float) value);
    }
  }
}
