package io.spikeformer.data.spark;

import org.apache.spark.Partitioner;

/** One Spark partition a shard. */
final class ShardPartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int shards;

  ShardPartitioner(int shards) {
    this.shards = shards;
  }

  @Override
  public int numPartitions() {
    return shards;
  }

  @Override
  public int getPartition(Object key) {
    return ((ShardKey) key).shard();
  }
}
