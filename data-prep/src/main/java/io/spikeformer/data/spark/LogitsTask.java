package io.spikeformer.data.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.SampleTransform;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Copies shards one after the other, each sample with its logits; gives {@link ShardWriter.Written}
 * as JSON.
 */
final class LogitsTask implements FlatMapFunction<Iterator<Integer>, String> {
  private static final long serialVersionUID = 1;

  /** A shard is pinned while it is copied; nothing else is worth keeping. */
  private static final long CACHE_BYTES = 0;

  private final Broadcast<SerializableConfiguration> hadoop;
  private final Spec spec;
  private final LogitsJob.Teacher teacher;
  private final LongAccumulator samples;

  /**
   * The settings that every task has.
   *
   * @param data location of the split
   * @param folder of the new split
   * @param columns of the new split
   * @param input what the teacher sees of a sample
   * @param batchSize samples at once
   * @param readerThreads that read and decode ahead
   */
  record Spec(
      String data,
      String folder,
      SampleColumns columns,
      InputConfig input,
      int batchSize,
      int readerThreads)
      implements Serializable {
    int classes() {
      return columns.logits();
    }
  }

  LogitsTask(
      Broadcast<SerializableConfiguration> hadoop,
      Spec spec,
      LogitsJob.Teacher teacher,
      LongAccumulator samples) {
    this.hadoop = hadoop;
    this.spec = spec;
    this.teacher = teacher;
    this.samples = samples;
  }

  @Override
  public Iterator<String> call(Iterator<Integer> shards) {
    ShardSet set = ShardSet.open(spec.data(), hadoop.value().value());
    ShardWriter writer =
        new ShardWriter(
            new Storage(hadoop.value().value()), new Path(spec.folder()), spec.columns());
    List<String> written = new ArrayList<>();
    try (LogitsJob.Answers answers = teacher.open()) {
      ShardCache cache = new ShardCache(set, CACHE_BYTES);
      while (shards.hasNext()) {
        int shard = shards.next();
        cache.pin(shard);
        written.add(
            ManifestFormat.toJson(writer.write(shard, sink -> copy(cache, shard, answers, sink))));
        cache.unpin(shard);
      }
    }
    return written.iterator();
  }

  private void copy(ShardCache cache, int shard, LogitsJob.Answers answers, ShardWriter.Sink sink)
      throws IOException {
    SampleTransform transform = spec.input().transform();
    int rows = cache.shards().manifest().rows()[shard];
    List<SampleRef> order =
        IntStream.range(0, rows).mapToObj(row -> new SampleRef(shard, row)).toList();
    ReadOptions options = ReadOptions.of(spec.batchSize(), 0, 0).withThreads(spec.readerThreads());
    int row = 0;
    try (BatchReader reader = new BatchReader(cache, order, transform, TargetMaker.NONE, options)) {
      while (reader.hasNext()) {
        if (TaskContext.get().isInterrupted()) {
          throw new TaskKilledException("teach was cancelled");
        }
        Batch batch = reader.next();
        float[] logits = requireNumbers(batch, answers.logits(batch));
        for (int i = 0; i < batch.size(); i++, row++) {
          float[] answer = Arrays.copyOfRange(logits, i * spec.classes(), (i + 1) * spec.classes());
          sink.accept(cache.sample(order.get(row)).withLogits(answer));
        }
        samples.add(batch.size());
      }
    }
  }

  private float[] requireNumbers(Batch batch, float[] logits) {
    if (logits.length != batch.size() * spec.classes()) {
      throw new UserException(
          "teacher: expected %d logits for each of %d samples, found %d in all",
          spec.classes(), batch.size(), logits.length);
    }
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new UserException(
            "teacher: expected finite logits, found %s for sample %s; choose another teacher",
            logits[i], batch.keys().get(i / spec.classes()));
      }
    }
    return logits;
  }
}
