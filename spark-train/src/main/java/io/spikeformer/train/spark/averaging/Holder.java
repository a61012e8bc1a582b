package io.spikeformer.train.spark.averaging;

import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;

/**
 * The process that has formed a slice.
 *
 * @param place where it answers
 * @param folders where its blocks lie, for processes of the same host
 * @param change bytes of the coded difference that it has beside the slice; 0 if it has none
 */
record Holder(BlockManagerId place, String[] folders, int change) implements Serializable {
  /**
   * This process.
   *
   * @param change bytes of the coded difference
   */
  static Holder here(int change) {
    BlockManager manager = SparkEnv.get().blockManager();
    String[] folders = manager.diskBlockManager().localDirsString();
    return new Holder(manager.blockManagerId(), folders, change);
  }
}
