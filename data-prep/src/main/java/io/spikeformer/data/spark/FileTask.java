package io.spikeformer.data.spark;

import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.SourceEntry;
import io.spikeformer.data.source.SourcePart;
import io.spikeformer.data.source.SourceReader;
import java.io.IOException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import scala.Tuple2;

/** Reads the files of one shard and writes it; gives {@link ShardWriter.Written} as JSON. */
final class FileTask implements Function<Tuple2<Integer, SourcePart>, String> {
  private static final long serialVersionUID = 1;

  private final ShardMaker maker;
  private final PrepareCounters counters;

  FileTask(ShardMaker maker, PrepareCounters counters) {
    this.maker = maker;
    this.counters = counters;
  }

  @Override
  public String call(Tuple2<Integer, SourcePart> input) {
    Dataset source = maker.open();
    return maker.make(input._1(), source, receiver -> readAll(source, input._2(), receiver));
  }

  private void readAll(Dataset source, SourcePart files, ShardMaker.Receiver receiver)
      throws IOException {
    try (SourceReader reader = source.read(files)) {
      while (reader.hasNext()) {
        if (TaskContext.get().isInterrupted()) {
          throw new TaskKilledException("prepare was cancelled");
        }
        SourceEntry file = reader.next();
        counters.countRead(file.size());
        receiver.take(file.key(), file.read().from(file.path(), file.labels()));
      }
    }
  }
}
