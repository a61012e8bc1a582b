package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.Extent;

/**
 * How batches are read.
 *
 * @param batchSize samples in a batch, &gt;= 1; as many as {@link Extent#batch} allows
 * @param seed of the run; with the epoch and a sample's key it decides the sample's random draws
 * @param epoch from 0
 * @param threads background threads that read, decode and transform, &gt;= 1; they do not change
 *     the result
 * @param prefetch batches that may be ready or in work ahead of the caller, &gt;= 1
 */
public record ReadOptions(int batchSize, long seed, int epoch, int threads, int prefetch) {
  private static final int DEFAULT_PREFETCH = 4;

  /** Checks the ranges. */
  public ReadOptions {
    if (batchSize < 1 || epoch < 0 || threads < 1 || prefetch < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "read options: expected batch size, threads and prefetch >= 1 and epoch >= 0, found"
                  + " %d, %d, %d and %d",
              batchSize, threads, prefetch, epoch));
    }
  }

  /** One background thread and four batches ahead. */
  public static ReadOptions of(int batchSize, long seed, int epoch) {
    return new ReadOptions(batchSize, seed, epoch, 1, DEFAULT_PREFETCH);
  }

  /** The same with another number of threads, and at least that many batches ahead. */
  public ReadOptions withThreads(int newThreads) {
    return new ReadOptions(batchSize, seed, epoch, newThreads, Math.max(prefetch, newThreads));
  }
}
