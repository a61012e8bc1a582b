package io.spikeformer.data.sample;

/** The known truth of a sample, which a network has to learn. */
public sealed interface Truth permits ClassLabel, EncodedObjects, EncodedLabelMap {
  /** Its kind. */
  TruthKind kind();

  /** Bytes of its encoded form: what it takes in memory, roughly. */
  long byteCount();
}
