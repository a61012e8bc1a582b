package io.spikeformer.data;

/** A sample of one class. */
public sealed interface LabelledSample extends Sample permits ImageSample, EventSample {
  /** Index of its class, from 0. */
  int label();
}
