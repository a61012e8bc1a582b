package io.spikeformer.data.column;

import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.Type;

/**
 * One kind of content or of truth: its columns, how they are written, read and checked, and what is
 * told of it. All this stands in one implementation and nowhere else.
 *
 * @param <T> the kind's record
 */
interface Columns<T> {
  /** The kind's record. */
  Class<T> type();

  /** The columns, in their order. */
  List<Type> columns();

  /** Writes them. */
  void write(T value, RowWriter row);

  /** Reads what was written. */
  T read(RowReader row);

  /**
   * Looks at a sample's value as closely as training would.
   *
   * @throws InvalidSampleException saying what is wrong
   */
  void check(T value, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException;

  /** Tells it to programs. */
  void show(T value, Sample sample, SplitFacts split, Map<String, Object> object);

  /** Tells it in words; empty if there is nothing to say. */
  String words(T value, Sample sample, SplitFacts split);
}
