package io.spikeformer.data.sample;

/** One row of a shard; which kind, the split's {@link Task} decides. */
public sealed interface Sample permits LabelledSample, DetectionSample, SegmentationSample {
  /** Unique within its split and the same in every conversion. */
  String key();

  /** The task that it belongs to. */
  Task task();

  /** What is known of it. */
  Truth truth();

  /** Bytes of its content, without the key: what it takes in memory, roughly. */
  long bytes();
}
