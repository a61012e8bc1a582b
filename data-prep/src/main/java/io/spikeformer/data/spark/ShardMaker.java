package io.spikeformer.data.spark;

import io.spikeformer.data.image.ThreadOutput;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.source.Dataset;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.Datasets;
import io.spikeformer.data.source.RawSample;
import io.spikeformer.data.source.SamplePreparation;
import io.spikeformer.data.source.SourceIndex;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/** Checks and reduces the files of a shard and writes it; the same wherever the files come from. */
final class ShardMaker implements Serializable {
  private static final long serialVersionUID = 1;

  private static final String WARNED =
      "its decoder has warned, on standard error: parts of it may be grey; look at it with inspect";

  private final Broadcast<SerializableConfiguration> hadoop;
  private final String folder;
  private final DatasetSpec dataset;
  private final List<String> classes;
  private final String prefix;
  private final PrepareCounters counters;

  /**
   * A maker of the shards of one split.
   *
   * @param reports of the split's folder
   * @param dataset what is prepared
   * @param index of the dataset
   * @param counters of samples and rejected files
   */
  ShardMaker(
      ShardReports reports, DatasetSpec dataset, SourceIndex index, PrepareCounters counters) {
    this.hadoop = reports.hadoop();
    this.folder = reports.folder().toString();
    this.dataset = dataset;
    this.classes = index.classes();
    this.prefix = index.prefix();
    this.counters = counters;
  }

  /** Hands over the files of a shard. */
  @FunctionalInterface
  interface Files {
    /** Gives every file, in the shard's order. */
    void giveTo(Receiver receiver) throws IOException;
  }

  /** Takes the files of a shard. */
  @FunctionalInterface
  interface Receiver {
    /** Takes the next file: the key of its sample, and what was read of it. */
    void take(String key, RawSample file) throws IOException;
  }

  /** The input, on this executor. */
  Dataset open() {
    return Datasets.open(storage(), dataset);
  }

  /** Writes one shard, whole or not at all; gives {@link ShardWriter.Written} as JSON. */
  String make(int shard, Dataset source, Files files) {
    SamplePreparation preparation = source.preparation(classes);
    ShardWriter.Written written =
        new ShardWriter(storage(), new Path(folder), source.kind())
            .write(shard, sink -> files.giveTo(new Samples(preparation, sink)));
    return ManifestFormat.toJson(written);
  }

  private Storage storage() {
    return new Storage(hadoop.value().value());
  }

  /** Makes samples of files, and notes those that cannot be samples. */
  private final class Samples implements Receiver {
    private final SamplePreparation preparation;
    private final ShardWriter.Sink sink;
    private String previous;

    Samples(SamplePreparation preparation, ShardWriter.Sink sink) {
      this.preparation = preparation;
      this.sink = sink;
    }

    @Override
    public void take(String key, RawSample file) throws IOException {
      try {
        if (key.equals(previous)) {
          throw new InvalidSampleException("a second file of the sample " + key);
        }
        if (file.rejection() != null) {
          throw new InvalidSampleException(file.rejection());
        }
        long before = ThreadOutput.bytes();
        Sample sample = preparation.prepare(key, file);
        boolean warned = ThreadOutput.bytes() > before;
        sink.accept(sample);
        if (warned) {
          sink.note(new Note(prefix + file.path(), WARNED));
        }
        file.notes().forEach(note -> sink.note(new Note(prefix + file.path(), note)));
        counters.countAccepted();
      } catch (InvalidSampleException reason) {
        sink.reject(new Rejection(file.path(), file.labels(), reason.getMessage()).below(prefix));
        counters.countRejected();
      }
      previous = key;
    }
  }
}
