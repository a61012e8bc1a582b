package io.spikeformer.data.spark;

import io.spikeformer.data.ImagePreparation;
import io.spikeformer.data.ManifestFormat;
import io.spikeformer.data.Rejection;
import io.spikeformer.data.ShardWriter;
import io.spikeformer.data.Storage;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.source.SampleSource;
import io.spikeformer.data.source.SourceIndex;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
    implements Function2<Integer, Iterator<Tuple2<ShardKey, RawFile>>, Iterator<String>> {
  private static final long serialVersionUID = 1;

  private final SerializableConfiguration configuration;
  private final String folder;
  private final int shortSide;
  private final Map<String, Integer> labels = new HashMap<>();
  private final String prefix;
  private final Set<Integer> wholeShards;
  private final PrepareCounters counters;

  WriteTask(
      SerializableConfiguration configuration,
      Path folder,
      int shortSide,
      SourceIndex index,
      Set<Integer> wholeShards,
      PrepareCounters counters) {
    this.configuration = configuration;
    this.folder = folder.toString();
    this.shortSide = shortSide;
    for (int label = 0; label < index.classes().size(); label++) {
      labels.put(index.classes().get(label), label);
    }
    this.prefix = index.prefix();
    this.wholeShards = wholeShards;
    this.counters = counters;
  }

  @Override
  public Iterator<String> call(Integer shard, Iterator<Tuple2<ShardKey, RawFile>> files) {
    if (wholeShards.contains(shard)) {
      return List.<String>of().iterator();
    }
    ShardWriter writer = new ShardWriter(new Storage(configuration.value()), new Path(folder));
    ShardWriter.Written written = writer.write(shard, sink -> writeAll(files, sink));
    return List.of(ManifestFormat.toJson(written)).iterator();
  }

  private void writeAll(Iterator<Tuple2<ShardKey, RawFile>> files, ShardWriter.Sink sink)
      throws IOException {
    ImagePreparation preparation = new ImagePreparation(shortSide);
    String previous = null;
    while (files.hasNext()) {
      Tuple2<ShardKey, RawFile> file = files.next();
      String key = file._1().key();
      try {
        if (key.equals(previous)) {
          throw new InvalidImageException("a second file of the same path");
        }
        requireRead(file._2());
        int label = labels.get(key.substring(0, key.indexOf('/')));
        sink.accept(preparation.prepare(key, label, file._2().bytes()));
        counters.countAccepted();
      } catch (InvalidImageException reason) {
        sink.reject(new Rejection(prefix + key, reason.getMessage()));
        counters.countRejected();
      }
      previous = key;
    }
  }

  private static void requireRead(RawFile file) throws InvalidImageException {
    if (file.isUnread()) {
      throw new InvalidImageException(
          "file too large: %d bytes, expected at most %d"
              .formatted(file.size(), SampleSource.MAX_FILE_BYTES));
    }
  }
}
