package io.spikeformer.tasks;

import java.io.Serializable;

/**
 * A task's counts of a model's answers, from which every figure is computed. Kryo and Java can
 * serialise it.
 *
 * <p>Counts of disjoint sets of shards merge exactly, in any order and grouping. Integers do so by
 * themselves; sums of fractions are kept by shard, or in multiples of a small unit. Not
 * thread-safe.
 */
public interface Counts extends Serializable {
  /**
   * Adds the counts of other shards.
   *
   * @throws IllegalArgumentException if they are counts of something else
   */
  void merge(Counts other);
}
