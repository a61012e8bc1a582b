package io.spikeformer.data.spark;

import io.spikeformer.data.InvalidSampleException;
import io.spikeformer.data.ManifestFormat;
import io.spikeformer.data.Rejection;
import io.spikeformer.data.ShardWriter;
import io.spikeformer.data.Storage;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.Datasets;
import io.spikeformer.data.source.RawSample;
import io.spikeformer.data.source.SamplePreparation;
import io.spikeformer.data.source.SourceIndex;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Writes one shard from its files in their final order; gives {@link ShardWriter.Written} as JSON,
 * or nothing for a shard that is whole already.
 */
final class WriteTask
    implements Function2<Integer, Iterator<Tuple2<ShardKey, RawSample>>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final SerializableConfiguration configuration;
  private final String folder;
  private final DatasetSpec dataset;
  private final List<String> classes;
  private final String prefix;
  private final Set<Integer> wholeShards;
  private final PrepareCounters counters;

  WriteTask(
      SerializableConfiguration configuration,
      Path folder,
      DatasetSpec dataset,
      SourceIndex index,
      Set<Integer> wholeShards,
      PrepareCounters counters) {
    this.configuration = configuration;
    this.folder = folder.toString();
    this.dataset = dataset;
    this.classes = index.classes();
    this.prefix = index.prefix();
    this.wholeShards = wholeShards;
    this.counters = counters;
  }

  @Override
  public Iterator<String> call(Integer shard, Iterator<Tuple2<ShardKey, RawSample>> files) {
    if (wholeShards.contains(shard)) {
      return List.<String>of().iterator();
    }
    Storage storage = new Storage(configuration.value());
    Dataset source = Datasets.open(storage, dataset);
    SamplePreparation preparation = source.preparation(classes);
    ShardWriter.Written written =
        new ShardWriter(storage, new Path(folder), source.task())
            .write(shard, sink -> writeAll(files, preparation, sink));
    return List.of(ManifestFormat.toJson(written)).iterator();
  }

  private void writeAll(
      Iterator<Tuple2<ShardKey, RawSample>> files,
      SamplePreparation preparation,
      ShardWriter.Sink sink)
      throws IOException {
    String previous = null;
    while (files.hasNext()) {
      Tuple2<ShardKey, RawSample> file = files.next();
      String key = file._1().key();
      try {
        if (key.equals(previous)) {
          throw new InvalidSampleException("a second file of the same path");
        }
        if (file._2().rejection() != null) {
          throw new InvalidSampleException(file._2().rejection());
        }
        sink.accept(preparation.prepare(key, file._2()));
        counters.countAccepted();
      } catch (InvalidSampleException reason) {
        sink.reject(new Rejection(prefix + key, reason.getMessage()));
        counters.countRejected();
      }
      previous = key;
    }
  }
}
