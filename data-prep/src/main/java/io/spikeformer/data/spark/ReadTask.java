package io.spikeformer.data.spark;

import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.Datasets;
import io.spikeformer.data.source.RawSample;
import io.spikeformer.data.source.SourceEntry;
import io.spikeformer.data.source.SourcePart;
import io.spikeformer.data.source.SourceReader;
import io.spikeformer.data.storage.Storage;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Reads parts of the input and addresses every file to its shard. */
final class ReadTask implements PairFlatMapFunction<Iterator<SourcePart>, ShardKey, RawSample> {
  private static final long serialVersionUID = 1;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final DatasetSpec dataset;
  private final long seed;
  private final int shards;
  private final Set<Integer> wholeShards;
  private final PrepareCounters counters;

  ReadTask(
      Broadcast<SerializableConfiguration> hadoop,
      PrepareOptions options,
      Set<Integer> wholeShards,
      PrepareCounters counters) {
    this.hadoop = hadoop;
    this.dataset = options.dataset();
    this.seed = options.seed();
    this.shards = options.shards();
    this.wholeShards = wholeShards;
    this.counters = counters;
  }

  @Override
  public Iterator<Tuple2<ShardKey, RawSample>> call(Iterator<SourcePart> parts) {
    return new Files(Datasets.open(new Storage(hadoop.value().value()), dataset), parts);
  }

  /** The files of all parts that belong to shards still to be written. */
  private final class Files implements Iterator<Tuple2<ShardKey, RawSample>> {
    private final Dataset source;
    private final Iterator<SourcePart> parts;
    private Iterator<SourceEntry> entries = Collections.emptyIterator();
    private SourceReader reader;
    private Tuple2<ShardKey, RawSample> next;

    Files(Dataset source, Iterator<SourcePart> parts) {
      this.source = source;
      this.parts = parts;
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) unused -> closeReader());
    }

    @Override
    public boolean hasNext() {
      while (next == null) {
        if (entries.hasNext()) {
          next = address(entries.next());
        } else if (parts.hasNext()) {
          closeReader();
          reader = source.read(parts.next());
          entries = reader;
        } else {
          return false;
        }
      }
      return true;
    }

    @Override
    public Tuple2<ShardKey, RawSample> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Tuple2<ShardKey, RawSample> result = next;
      next = null;
      return result;
    }

    private Tuple2<ShardKey, RawSample> address(SourceEntry entry) {
      ShardKey place = ShardKey.of(entry.key(), entry.ordinal(), seed, shards);
      counters.countRead(entry.size());
      if (wholeShards.contains(place.shard())) {
        return null;
      }
      return new Tuple2<>(place, entry.read().from(entry.path(), entry.labels()));
    }

    private void closeReader() {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
