package io.spikeformer.data.source;

import io.spikeformer.data.sample.SampleKind;
import java.util.List;

/**
 * One split of a raw dataset, as the conversion sees it: parts that tasks read, and what is made of
 * their content where the shards are written.
 */
public interface Dataset extends SampleSource {
  /** The kind of its samples. */
  SampleKind kind();

  /**
   * How samples are made.
   *
   * @param classes those of the index
   */
  SamplePreparation preparation(List<String> classes);
}
