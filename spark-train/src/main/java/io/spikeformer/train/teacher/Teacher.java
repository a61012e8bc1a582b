package io.spikeformer.train.teacher;

import io.spikeformer.model.Images;

/** A model that answers for images as it is given them. Serves one thread at a time. */
public interface Teacher extends AutoCloseable {
  /** Logits [B * classes] of normalised images. */
  float[] logits(Images images);

  @Override
  void close();
}
