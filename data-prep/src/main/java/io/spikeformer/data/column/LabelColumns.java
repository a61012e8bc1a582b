package io.spikeformer.data.column;

import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;
import java.util.Map;
import org.apache.parquet.schema.Type;

/** A class label: one number. */
final class LabelColumns implements Columns<ClassLabel> {
  private static final String LABEL = "label";

  @Override
  public Class<ClassLabel> type() {
    return ClassLabel.class;
  }

  @Override
  public List<Type> columns() {
    return List.of(ColumnTypes.number(LABEL));
  }

  @Override
  public void write(ClassLabel truth, RowWriter row) {
    row.number(LABEL, truth.label());
  }

  @Override
  public ClassLabel read(RowReader row) {
    return new ClassLabel(row.number(LABEL));
  }

  @Override
  public void check(
      ClassLabel truth, Sample sample, SplitFacts split, AnnotationListener annotations)
      throws InvalidSampleException {
    split.requireLabel(truth.label());
  }

  @Override
  public void show(ClassLabel truth, Sample sample, SplitFacts split, Map<String, Object> object) {
    split.name(truth.label(), object);
  }

  @Override
  public String words(ClassLabel truth, Sample sample, SplitFacts split) {
    return split.name(truth.label());
  }
}
