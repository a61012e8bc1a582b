package io.spikeformer.train.spark.averaging;

import org.apache.spark.Partitioner;

/** Sends all contributions to a slice to one partition, and each slice to its own. */
final class SlicePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;

  private final int workers;
  private final int slices;

  SlicePartitioner(int workers, int slices) {
    this.workers = workers;
    this.slices = slices;
  }

  @Override
  public int numPartitions() {
    return slices;
  }

  @Override
  public int getPartition(Object key) {
    return (int) ((Long) key / workers);
  }
}
