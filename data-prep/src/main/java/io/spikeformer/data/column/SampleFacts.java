package io.spikeformer.data.column;

import io.spikeformer.data.sample.Sample;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The facts about a sample: its class, its objects, or the classes of its pixels.
 *
 * @param split that it belongs to
 */
public record SampleFacts(SplitFacts split) {
  /** For programs; the keys depend on the kind of the sample. */
  public Map<String, ?> object(Sample sample) {
    Map<String, Object> object = new LinkedHashMap<>();
    SampleParts.of(sample.kind()).forEach(part -> part.show(sample, split, object));
    return object;
  }

  /** In words: "cat", "2 objects: cat, dog", "wall 41.2 %, floor 20.0 %". */
  public String words(Sample sample) {
    return SampleParts.of(sample.kind()).stream()
        .map(part -> part.words(sample, split))
        .filter(Predicate.not(String::isEmpty))
        .collect(Collectors.joining(", "));
  }
}
