package io.spikeformer.tasks;

import io.spikeformer.common.Text;

/**
 * A task's counts of a training batch for its training figure: a share of exact counts.
 *
 * @param hits what was right, for example samples
 * @param of among how many
 */
public record Hits(long hits, long of) {
  /** Checks that a share results. */
  public Hits {
    if (hits < 0 || of < hits) {
      throw new IllegalArgumentException(
          Text.format("hits: expected 0 <= hits <= of, found %s of %s", hits, of));
    }
  }
}
