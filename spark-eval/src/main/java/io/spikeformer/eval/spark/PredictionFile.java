package io.spikeformer.eval.spark;

import io.spikeformer.data.shard.ParquetStream;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.eval.Ranking;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
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
 * What a model says of the samples of one shard, in their order: key, class, the five best classes,
 * each by label and name, and all logits, as a Parquet file that Spark and pandas read.
 */
final class PredictionFile {
  private static final String KEY = "key";
  private static final String LABEL = "label";
  private static final String LABEL_NAME = "label_name";
  private static final String TOP_FIVE = "top5";
  private static final String TOP_FIVE_NAMES = "top5_names";
  private static final String LOGITS = "logits";
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private static final MessageType SCHEMA =
      Types.buildMessage()
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(KEY)
          .required(PrimitiveTypeName.INT32)
          .named(LABEL)
          .required(PrimitiveTypeName.BINARY)
          .as(LogicalTypeAnnotation.stringType())
          .named(LABEL_NAME)
          .addField(list(TOP_FIVE, PrimitiveTypeName.INT32))
          .addField(
              Types.requiredList()
                  .requiredElement(PrimitiveTypeName.BINARY)
                  .as(LogicalTypeAnnotation.stringType())
                  .named(TOP_FIVE_NAMES))
          .addField(list(LOGITS, PrimitiveTypeName.FLOAT))
          .named("prediction");

  private PredictionFile() {}

  private static Type list(String name, PrimitiveTypeName element) {
    return Types.requiredList().requiredElement(element).named(name);
  }

  /** Receives the predictions of a shard. */
  interface Sink {
    /** For those who do not want predictions. */
    Sink NONE = (key, label, logits) -> {};

    /** Takes a sample's logits [classes]. */
    void accept(String key, int label, float[] logits) throws IOException;
  }

  /** Gives the samples of a shard to a sink. */
  interface Content {
    void writeTo(Sink sink) throws IOException;
  }

  /** The file of a shard. */
  static Path of(Path folder, int shard) {
    return new Path(folder, String.format(Locale.ROOT, "part-%05d.parquet", shard));
  }

  /**
   * Writes the file of a shard, whole or not at all.
   *
   * @param names of the classes, in the order of the logits
   */
  static void write(Storage storage, Path file, List<String> names, Content content) {
    storage.write(
        file,
        stream -> {
          try (ParquetWriter<Group> parquet =
              ExampleParquetWriter.builder(new ParquetStream(stream))
                  .withConf(storage.configuration())
                  .withType(SCHEMA)
                  .withCompressionCodec(CompressionCodecName.ZSTD)
                  // one encoding a column: Parquet lists several in the order of a set of enum
                  // constants, which changes from one JVM to the next
                  .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
                  .withDictionaryEncoding(false)
                  .build()) {
            content.writeTo((key, label, logits) -> parquet.write(row(key, label, names, logits)));
          }
        });
  }

  private static Group row(String key, int label, List<String> names, float[] logits) {
    Group row =
        new SimpleGroup(SCHEMA)
            .append(KEY, key)
            .append(LABEL, label)
            .append(LABEL_NAME, names.get(label));
    List<Integer> best = Ranking.best(logits, 0, logits.length, EvaluationCounts.BEST);
    Group topFive = row.addGroup(TOP_FIVE);
    best.forEach(c -> topFive.addGroup(LIST).append(ELEMENT, (int) c));
    Group topNames = row.addGroup(TOP_FIVE_NAMES);
    best.forEach(c -> topNames.addGroup(LIST).append(ELEMENT, names.get(c)));
    Group all = row.addGroup(LOGITS);
    for (float logit : logits) {
      all.addGroup(LIST).append(ELEMENT, logit);
    }
    return row;
  }
}
