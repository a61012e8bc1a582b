package io.spikeformer.data.sample;

/** The content of a sample, as it lies in a shard. */
public sealed interface Content permits EncodedImage, EncodedFrames {
  /** Its kind. */
  ContentKind kind();

  /** Rows once decoded. */
  int height();

  /** Columns once decoded. */
  int width();

  /** Bytes of its encoded form: what it takes in memory, roughly. */
  long byteCount();
}
