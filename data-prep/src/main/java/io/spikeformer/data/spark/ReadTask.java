package io.spikeformer.data.spark;

import io.spikeformer.data.Storage;
import io.spikeformer.data.source.SampleSource;
import io.spikeformer.data.source.SourceEntry;
import io.spikeformer.data.source.SourcePart;
import io.spikeformer.data.source.SourceReader;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Reads parts of the input and addresses every file to its shard. */
final class ReadTask implements PairFlatMapFunction<Iterator<SourcePart>, ShardKey, RawFile> {
  private static final long serialVersionUID = 1;

  private final SerializableConfiguration configuration;
  private final String input;
  private final String split;
  private final long seed;
  private final int shards;
  private final Set<Integer> wholeShards;
  private final PrepareCounters counters;

  ReadTask(
      SerializableConfiguration configuration,
      PrepareOptions options,
      Set<Integer> wholeShards,
      PrepareCounters counters) {
    this.configuration = configuration;
    this.input = Storage.path(options.input()).toString();
    this.split = options.split();
    this.seed = options.seed();
    this.shards = options.shards();
    this.wholeShards = wholeShards;
    this.counters = counters;
  }

  @Override
  public Iterator<Tuple2<ShardKey, RawFile>> call(Iterator<SourcePart> parts) {
    SampleSource source =
        SampleSource.open(new Storage(configuration.value()), new Path(input), split);
    return new Files(source, parts);
  }

  /** The files of all parts that belong to shards still to be written. */
  private final class Files implements Iterator<Tuple2<ShardKey, RawFile>> {
    private final SampleSource source;
    private final Iterator<SourcePart> parts;
    private Iterator<SourceEntry> entries = Collections.emptyIterator();
    private SourceReader reader;
    private Tuple2<ShardKey, RawFile> next;

    Files(SampleSource source, Iterator<SourcePart> parts) {
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
    public Tuple2<ShardKey, RawFile> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Tuple2<ShardKey, RawFile> result = next;
      next = null;
      return result;
    }

    private Tuple2<ShardKey, RawFile> address(SourceEntry entry) {
      ShardKey place = ShardKey.of(entry.key(), entry.ordinal(), seed, shards);
      counters.countRead(entry.size());
      if (wholeShards.contains(place.shard())) {
        return null;
      }
      RawFile file =
          entry.size() > SampleSource.MAX_FILE_BYTES
              ? RawFile.unread(entry.size())
              : RawFile.of(entry.read());
      return new Tuple2<>(place, file);
    }

    private void closeReader() {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
