package io.spikeformer.data.shard;

import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Hands samples to Parquet, and rejections and notes to the footer at the end. */
final class SampleWriteSupport extends WriteSupport<Sample> {
  /** Footer entry: the rejected inputs that belong to this shard, as a JSON array. */
  static final String REJECTED_ENTRY = "spikeformer.rejected";

  /** Footer entry: notes about inputs of this shard, as a JSON array; not there without any. */
  static final String NOTES_ENTRY = "spikeformer.notes";

  private final SampleColumns columns;
  private final MessageType schema;
  private final List<Rejection> rejected;
  private final List<Note> notes;
  private RecordConsumer consumer;

  /** The lists are read when the shard is closed. */
  SampleWriteSupport(SampleColumns columns, List<Rejection> rejected, List<Note> notes) {
    this.columns = columns;
    this.schema = columns.schema();
    this.rejected = rejected;
    this.notes = notes;
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return new WriteContext(schema, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    this.consumer = recordConsumer;
  }

  @Override
  public void write(Sample sample) {
    columns.write(sample, schema, consumer);
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    Map<String, String> entries = new HashMap<>();
    entries.put(REJECTED_ENTRY, ManifestFormat.toJson(rejected));
    if (!notes.isEmpty()) {
      // left out where there is nothing to say: the bytes are those of builds that knew no notes
      entries.put(NOTES_ENTRY, ManifestFormat.toJson(notes));
    }
    return new FinalizedWriteContext(entries);
  }
}
