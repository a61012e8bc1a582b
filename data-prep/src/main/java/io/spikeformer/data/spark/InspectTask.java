package io.spikeformer.data.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a shard of an earlier run; gives it as JSON, or nothing if it cannot be read. */
final class InspectTask implements FlatMapFunction<Integer, String> {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(InspectTask.class);

  private final Broadcast<SerializableConfiguration> hadoop;
  private final String folder;
  private final SampleColumns columns;

  InspectTask(Broadcast<SerializableConfiguration> hadoop, Path folder, SampleColumns columns) {
    this.columns = columns;
    this.hadoop = hadoop;
    this.folder = folder.toString();
  }

  @Override
  public Iterator<String> call(Integer shard) {
    ShardWriter writer =
        new ShardWriter(new Storage(hadoop.value().value()), new Path(folder), columns);
    try {
      return List.of(ManifestFormat.toJson(writer.existing(shard))).iterator();
    } catch (UserException damage) {
      LOG.warn("writing shard {} again: {}", shard, damage.getMessage());
      return List.<String>of().iterator();
    }
  }
}
