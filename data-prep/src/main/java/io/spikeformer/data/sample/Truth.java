package io.spikeformer.data.sample;

/** What is known of a sample and is to be learnt. */
public sealed interface Truth permits ClassLabel, EncodedObjects, EncodedLabelMap {
  /** Its kind. */
  TruthKind kind();

  /** Bytes of its encoded form: what it takes in memory, roughly. */
  long byteCount();
}
