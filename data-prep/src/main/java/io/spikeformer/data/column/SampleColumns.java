package io.spikeformer.data.column;

import io.spikeformer.common.Check;
import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.sample.TruthKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Which columns the shards of a split have: a key, those of the content and of the truth, a
 * teacher's logits.
 *
 * @param kind of the samples
 * @param logits values in the column of a teacher's logits, one for each class; 0 without that
 *     column
 */
public record SampleColumns(SampleKind kind, int logits) implements Serializable {
  private static final String KEY = "key";
  private static final String LOGITS = "logits";

  /** Checks that the samples can have logits. */
  public SampleColumns {
    Objects.requireNonNull(kind, "kind");
    Check.that(
        logits == 0 || logits > 0 && kind.truth() == TruthKind.CLASS_LABEL,
        "logits of %d values: expected none in samples for %s",
        logits,
        kind.text());
  }

  /** The columns of samples without logits. */
  public static SampleColumns of(SampleKind kind) {
    return new SampleColumns(kind, 0);
  }

  /** The columns, in their order. */
  public MessageType schema() {
    List<Type> fields = new ArrayList<>();
    fields.add(ColumnTypes.text(KEY));
    SampleParts.of(kind).forEach(part -> fields.addAll(part.columns().columns()));
    if (logits > 0) {
      fields.add(ColumnTypes.binary(LOGITS));
    }
    return new MessageType(rowName(), fields);
  }

  /** Writes a sample of this kind as one row. */
  public void write(Sample sample, MessageType schema, RecordConsumer consumer) {
    RowWriter row = new RowWriter(schema, consumer);
    consumer.startMessage();
    row.text(KEY, sample.key());
    SampleParts.of(kind).forEach(part -> part.write(sample, row));
    if (logits > 0) {
      row.binary(LOGITS, LogitBytes.encode(sample.logits()));
    }
    consumer.endMessage();
  }

  /** Reads a row back. */
  public Sample read(Group group) {
    RowReader row = new RowReader(group);
    String key = row.text(KEY);
    Content content = SampleParts.of(kind.content()).read(row);
    Truth truth = SampleParts.of(kind.truth()).read(row);
    return logits == 0
        ? new Sample(key, content, truth)
        : new Sample(key, content, truth, LogitBytes.decode(row.binary(LOGITS), logits));
  }

  /** As messages call the rows: image samples with logits. */
  public String text() {
    return rowName().replace('_', ' ') + (logits > 0 ? "s with logits" : "s");
  }

  /** The name of a row, which is part of a shard's bytes. */
  private String rowName() {
    boolean image = kind.content() == ContentKind.IMAGE;
    if (kind.truth() == TruthKind.CLASS_LABEL) {
      return image ? "image_sample" : "event_sample";
    }
    return (image ? "" : "event_") + kind.truth().task() + "_sample";
  }
}
