package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardSet;
import java.io.Serializable;
import java.util.Optional;

/** The input of a model from a sample: from an image, or from a recording of events. */
public sealed interface InputConfig extends Serializable permits TransformConfig, EventConfig {
  /** The size of what the model sees. */
  Extent extent();

  /** Rows that the model sees; of the largest sample if their sizes differ. */
  default int height() {
    return extent().height();
  }

  /** Columns that the model sees; of the largest sample if their sizes differ. */
  default int width() {
    return extent().width();
  }

  /** The most samples of a batch, as their sizes allow. */
  default int batch(int wanted) {
    return extent().batch(wanted);
  }

  /** What the model sees of the largest batch, if so many samples are wanted in one. */
  default Size largest(int wanted) {
    return extent().largest(wanted);
  }

  /** Values of a pixel. */
  int channels();

  /**
   * Checks that a split can be seen so, by its manifest alone.
   *
   * @param truth that must be known of its samples
   * @throws UserException in one line that says what to do
   */
  void requireFits(ShardSet shards, TruthKind truth);

  /** Windows in which the model sees a larger image, one after the other; empty for no such. */
  default Optional<SlidingWindow> window() {
    return Optional.empty();
  }

  /** The way from a sample to its values. */
  SampleTransform transform();
}
