package io.spikeformer.data.shard;

import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.LabelledSample;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Hands samples to Parquet, column by column, and rejections and notes to the footer at the end.
 */
final class SampleWriteSupport extends WriteSupport<Sample> {
  private final MessageType schema;
  private final boolean taught;
  private final List<Rejection> rejected;
  private final List<Note> notes;
  private RecordConsumer columns;

  /** The lists are read when the shard is closed. */
  SampleWriteSupport(ShardColumns columns, List<Rejection> rejected, List<Note> notes) {
    this.schema = ShardSchema.of(columns);
    this.taught = columns.logits() > 0;
    this.rejected = rejected;
    this.notes = notes;
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    this.columns = recordConsumer;
  }

  @Override
  public void write(Sample sample) {
    columns.startMessage();
    text(ShardSchema.KEY, sample.key());
    if (sample instanceof ImageSample image) {
      number(ShardSchema.LABEL, image.label());
      image(new EncodedImage(image.image(), image.encoding(), image.height(), image.width()));
    } else if (sample instanceof DetectionSample detection) {
      image(detection.image());
      binary(ShardSchema.ANNOTATIONS, detection.annotations());
    } else if (sample instanceof SegmentationSample segmentation) {
      image(segmentation.image());
      binary(ShardSchema.LABEL_MAP, segmentation.labelMap());
    } else if (sample instanceof EventSample events) {
      number(ShardSchema.LABEL, events.label());
      binary(ShardSchema.FRAMES, events.frames());
      number(ShardSchema.TIMESTEPS, events.timesteps());
      number(ShardSchema.HEIGHT, events.height());
      number(ShardSchema.WIDTH, events.width());
    }
    if (taught && sample instanceof LabelledSample labelled) {
      binary(ShardSchema.LOGITS, LogitBytes.encode(labelled.logits()));
    }
    columns.endMessage();
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    Map<String, String> entries = new HashMap<>();
    entries.put(ShardSchema.REJECTED_ENTRY, ManifestFormat.toJson(rejected));
    if (!notes.isEmpty()) {
      // left out where there is nothing to say: the bytes are those of builds that knew no notes
      entries.put(ShardSchema.NOTES_ENTRY, ManifestFormat.toJson(notes));
    }
    return new FinalizedWriteContext(entries);
  }

  private void image(EncodedImage image) {
    binary(ShardSchema.IMAGE, image.bytes());
    text(ShardSchema.ENCODING, image.encoding().id());
    number(ShardSchema.HEIGHT, image.height());
    number(ShardSchema.WIDTH, image.width());
  }

  private void number(String column, int value) {
    int index = schema.getFieldIndex(column);
    columns.startField(column, index);
    columns.addInteger(value);
    columns.endField(column, index);
  }

  private void text(String column, String value) {
    value(column, Binary.fromString(value));
  }

  private void binary(String column, byte[] value) {
    value(column, Binary.fromConstantByteArray(value));
  }

  private void value(String column, Binary value) {
    int index = schema.getFieldIndex(column);
    columns.startField(column, index);
    columns.addBinary(value);
    columns.endField(column, index);
  }
}
