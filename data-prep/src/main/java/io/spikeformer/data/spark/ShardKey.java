package io.spikeformer.data.spark;

import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Objects;

/**
 * Where a sample goes: its shard, and its place in the shard's order. Both are hashes of (seed,
 * key), so they depend neither on the other samples nor on who computes them. A plain class, not a
 * record: Kryo 4 cannot fill records.
 */
final class ShardKey implements Comparable<ShardKey>, Serializable {
  private static final long serialVersionUID = 1;
  private static final long SHARD_STREAM = 1;
  private static final long ORDER_STREAM = 2;

  private final int shard;
  private final long order;
  private final String key;
  private final long ordinal;

  private ShardKey(int shard, long order, String key, long ordinal) {
    this.shard = shard;
    this.order = order;
    this.key = key;
    this.ordinal = ordinal;
  }

  /**
   * The place of a sample.
   *
   * @param key of the sample
   * @param ordinal position in the input, which orders samples of the same key
   * @param seed of the shuffle
   * @param shards number of shards
   */
  static ShardKey of(String key, long ordinal, long seed, int shards) {
    long hash = SeededRandom.hash(key);
    long drawn = SeededRandom.mix(seed, SHARD_STREAM, hash);
    int shard = (int) Long.remainderUnsigned(drawn, shards);
    return new ShardKey(shard, SeededRandom.mix(seed, ORDER_STREAM, hash), key, ordinal);
  }

  int shard() {
    return shard;
  }

  /** {@code class/file}. */
  String key() {
    return key;
  }

  @Override
  public int compareTo(ShardKey other) {
    int result = Integer.compare(shard, other.shard);
    if (result == 0) {
      result = Long.compare(order, other.order);
    }
    if (result == 0) {
      result = key.compareTo(other.key);
    }
    return result == 0 ? Long.compare(ordinal, other.ordinal) : result;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ShardKey that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return Objects.hash(order, ordinal);
  }
}
