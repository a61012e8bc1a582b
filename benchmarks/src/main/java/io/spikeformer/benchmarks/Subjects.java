package io.spikeformer.benchmarks;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.DataType;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Everything that is measured, in the order of the table. */
final class Subjects {
  /** Images of a step. */
  static final int BATCH = 8;

  private Subjects() {}

  static List<Subject> all() {
    return Stream.of(
            ConvolutionSubjects.all(),
            AttentionSubjects.all(),
            PoolingSubjects.all(),
            RegionSubjects.all(),
            NeuronSubjects.all(),
            NormalisationSubjects.all(),
            OptimizerSubjects.all(),
            DifferenceSubjects.all())
        .flatMap(List::stream)
        .toList();
  }

  /** Those whose name contains every word. */
  static List<Subject> matching(List<String> words) {
    return all().stream().filter(s -> words.stream().allMatch(s.name()::contains)).toList();
  }

  /**
   * The one of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Subject named(String name) {
    return all().stream()
        .filter(subject -> subject.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(Text.format("subject: none is named '%s'", name)));
  }

  /** As recipes write it: float32, bfloat16. */
  static String label(DataType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
