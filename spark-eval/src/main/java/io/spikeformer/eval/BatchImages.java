package io.spikeformer.eval;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Images;

/** Batches as a model takes them. */
public final class BatchImages {
  private BatchImages() {}

  /** The pixels of a batch, not copied. */
  public static Images of(Batch batch) {
    return new Images(
        batch.pixels(),
        batch.frames(),
        batch.size(),
        batch.height(),
        batch.width(),
        batch.channels());
  }
}
