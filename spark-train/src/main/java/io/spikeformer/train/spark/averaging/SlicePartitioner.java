package io.spikeformer.train.spark.averaging;

import org.apache.spark.Partitioner;

/** Sends every contribution to a slice to one partition. */
final class SlicePartitioner extends Partitioner {
  private static final long serialVersionUID = 1L;
  private static final int SLICES_PER_PARTITION = 8;

  private final int workers;
  private final int partitions;

  /** Enough partitions for all workers to share the work, and few enough slices in each. */
  SlicePartitioner(int workers, int slices) {
    this.workers = workers;
    this.partitions =
        Math.max(
            Math.min(workers, slices), (slices + SLICES_PER_PARTITION - 1) / SLICES_PER_PARTITION);
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    return (int) ((Long) key / workers % partitions);
  }
}
