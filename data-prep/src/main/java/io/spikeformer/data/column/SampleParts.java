package io.spikeformer.data.column;

import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Content and truth of a kind of samples, in the order of their columns. */
final class SampleParts {
  private static final ImageColumns IMAGES = new ImageColumns();
  private static final FrameColumns FRAMES = new FrameColumns();
  private static final LabelColumns LABELS = new LabelColumns();
  private static final ObjectColumns OBJECTS = new ObjectColumns();
  private static final LabelMapColumns LABEL_MAPS = new LabelMapColumns();

  private SampleParts() {}

  static Columns<? extends Content> of(ContentKind kind) {
    return switch (kind) {
      case IMAGE -> IMAGES;
      case EVENTS -> FRAMES;
    };
  }

  static Columns<? extends Truth> of(TruthKind kind) {
    return switch (kind) {
      case CLASS_LABEL -> LABELS;
      case OBJECTS -> OBJECTS;
      case LABEL_MAP -> LABEL_MAPS;
    };
  }

  /** A label stands before the content, other truths behind it. */
  static List<Part<?>> of(SampleKind kind) {
    Part<?> content = new Part<>(of(kind.content()), Sample::content);
    Part<?> truth = new Part<>(of(kind.truth()), Sample::truth);
    return kind.truth() == TruthKind.CLASS_LABEL
        ? List.of(truth, content)
        : List.of(content, truth);
  }

  /**
   * One of both.
   *
   * @param columns its kind
   * @param value gives it
   */
  record Part<T>(Columns<T> columns, Function<Sample, ?> value) {
    void write(Sample sample, RowWriter row) {
      columns.write(of(sample), row);
    }

    void check(Sample sample, SplitFacts split, AnnotationListener annotations)
        throws InvalidSampleException {
      columns.check(of(sample), sample, split, annotations);
    }

    void show(Sample sample, SplitFacts split, Map<String, Object> object) {
      columns.show(of(sample), sample, split, object);
    }

    String words(Sample sample, SplitFacts split) {
      return columns.words(of(sample), sample, split);
    }

    private T of(Sample sample) {
      return columns.type().cast(value.apply(sample));
    }
  }
}
