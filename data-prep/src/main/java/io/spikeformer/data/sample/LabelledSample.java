package io.spikeformer.data.sample;

/** A sample of one class. */
public sealed interface LabelledSample extends Sample permits ImageSample, EventSample {
  /** Of a sample that no teacher has answered for. */
  float[] NO_LOGITS = {};

  /** Index of its class, from 0. */
  int label();

  @Override
  default Truth truth() {
    return new ClassLabel(label());
  }

  /** A teacher's logits, one for each class, not to be changed; empty without a teacher. */
  float[] logits();

  /** The same sample with a teacher's logits in place of those that it has. */
  LabelledSample withLogits(float[] logits);
}
