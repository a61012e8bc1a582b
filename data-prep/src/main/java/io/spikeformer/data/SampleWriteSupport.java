package io.spikeformer.data;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Hands samples to Parquet, column by column, and the rejections to the footer at the end. */
final class SampleWriteSupport extends WriteSupport<ImageSample> {
  private final List<Rejection> rejected;
  private RecordConsumer columns;

  /** The list is read when the shard is closed. */
  SampleWriteSupport(List<Rejection> rejected) {
    this.rejected = rejected;
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(ShardSchema.IMAGE_SAMPLES, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    this.columns = recordConsumer;
  }

  @Override
  public void write(ImageSample sample) {
    columns.startMessage();
    text(ShardSchema.KEY, sample.key());
    number(ShardSchema.LABEL, sample.label());
    binary(ShardSchema.IMAGE, Binary.fromConstantByteArray(sample.image()));
    text(ShardSchema.ENCODING, sample.encoding().id());
    number(ShardSchema.HEIGHT, sample.height());
    number(ShardSchema.WIDTH, sample.width());
    columns.endMessage();
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    return new FinalizedWriteContext(
        Map.of(ShardSchema.REJECTED_ENTRY, ManifestFormat.toJson(rejected)));
  }

  private void number(String column, int value) {
    int index = index(column);
    columns.startField(column, index);
    columns.addInteger(value);
    columns.endField(column, index);
  }

  private void text(String column, String value) {
    binary(column, Binary.fromString(value));
  }

  private void binary(String column, Binary value) {
    int index = index(column);
    columns.startField(column, index);
    columns.addBinary(value);
    columns.endField(column, index);
  }

  private static int index(String column) {
    MessageType schema = ShardSchema.IMAGE_SAMPLES;
    return schema.getFieldIndex(column);
  }
}
