package io.spikeformer.train.spark.averaging;

import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.output.StorageRetries;
import io.spikeformer.train.output.WorkerMomentsFolder;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes what a worker keeps to itself, in the worker's task.
 *
 * @param hadoop reaches the files
 * @param layout how states are cut
 * @param averagedSlices what is kept is numbered behind them
 */
record WorkerFiles(
    Broadcast<SerializableConfiguration> hadoop, SliceLayout layout, int averagedSlices)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerFiles.class);

  List<Slice> read(String folder, List<Long> checksums) {
    int worker = TaskContext.getPartitionId();
    float[] values = folder(folder).read(worker, checksums.get(worker));
    return KeptMoments.cut(values, layout, averagedSlices);
  }

  /** Writes the file, and returns its checksum. */
  Iterator<Long> write(String folder, Iterator<Slice> kept) {
    float[] values = KeptMoments.joined(kept, averagedSlices);
    StorageRetries retries = new StorageRetries(hadoop.value().value(), LOG::warn);
    int worker = TaskContext.getPartitionId();
    return List.of(retries.run(() -> folder(folder).write(worker, values))).iterator();
  }

  private WorkerMomentsFolder folder(String location) {
    return new WorkerMomentsFolder(new Storage(hadoop.value().value()), new Path(location));
  }
}
