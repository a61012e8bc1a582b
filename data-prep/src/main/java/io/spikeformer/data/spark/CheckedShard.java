package io.spikeformer.data.spark;

import java.io.Serializable;

/**
 * The findings of a task in a shard. A plain class, not a record: Kryo 4 cannot fill records.
 *
 * <p>{@code ids[i]} are those of the annotations of the sample {@code keys[i]}.
 */
final class CheckedShard implements Serializable {
  private static final long serialVersionUID = 1;

  private final String findings;
  private final String[] keys;
  private final long[][] ids;

  CheckedShard(String findings, String[] keys, long[][] ids) {
    this.findings = findings;
    this.keys = keys;
    this.ids = ids;
  }

  /** {@link io.spikeformer.data.shard.ShardCheck.Findings} as JSON. */
  String findings() {
    return findings;
  }

  String[] keys() {
    return keys;
  }

  long[][] ids() {
    return ids;
  }
}
