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
 */
record Holder(BlockManagerId place, String[] folders) implements Serializable {
  /** This process. */
  static Holder here() {
    BlockManager manager = SparkEnv.get().blockManager();
    return new Holder(manager.blockManagerId(), manager.diskBlockManager().localDirsString());
  }
}
