package io.spikeformer.eval.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.SampleTransform;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.EvaluationCounts;
import io.spikeformer.eval.ModelAnswerer;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.chip.ExpandedModel;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.Scored;
import io.spikeformer.tasks.Scoring;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Evaluates shards one after the other, and writes their predictions if that is wanted. Batches do
 * not cross shards, so what a shard adds to the counts does not depend on which task has it.
 */
final class EvaluationTask implements FlatMapFunction<Iterator<Integer>, EvaluationCounts> {
  private static final long serialVersionUID = 1;

  /** Shards are read once, front to back: nothing is worth keeping. */
  private static final long CACHE_BYTES = 0;

  private final Spec spec;
  private final Broadcast<float[]> state;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final LongAccumulator samples;
  private final CollectionAccumulator<String> arithmetic;

  /**
   * The settings that every task has.
   *
   * @param config architecture as JSON
   * @param scoring how answers are scored
   * @param data location of the shards
   * @param input what the model sees of a sample
   * @param rows samples to evaluate of each shard
   * @param work batch size, threads and kernels
   * @param predictions folder of the predictions, or empty
   */
  record Spec(
      String config,
      Scoring scoring,
      String data,
      InputConfig input,
      int[] rows,
      EvaluationOptions.Work work,
      String predictions)
      implements Serializable {}

  EvaluationTask(
      Spec spec,
      Broadcast<float[]> state,
      Broadcast<SerializableConfiguration> hadoop,
      LongAccumulator samples,
      CollectionAccumulator<String> arithmetic) {
    this.spec = spec;
    this.state = state;
    this.hadoop = hadoop;
    this.samples = samples;
    this.arithmetic = arithmetic;
  }

  @Override
  public Iterator<EvaluationCounts> call(Iterator<Integer> shards) {
    NetworkConfig config = NetworkConfig.fromJson(spec.config());
    EvaluationCounts counts =
        new EvaluationCounts(spec.scoring().counts(config.timesteps()), config.timesteps());
    try (Kernels kernels = KernelProvider.create(spec.work().kernels(), spec.work().threads());
        ShardReaders readers = new ShardReaders(shards)) {
      arithmetic.add(ManifestFormat.toJson(Arithmetic.of(kernels, spec.work().threads())));
      if (spec.work().expand() == null) {
        usual(config, kernels, readers, counts);
      } else {
        expanded(config, kernels, readers, counts);
      }
    }
    return List.of(counts).iterator();
  }

  private void usual(
      NetworkConfig config, Kernels kernels, ShardReaders readers, EvaluationCounts counts) {
    try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 0)) {
      load(model);
      model.collect(counts.firing());
      while (readers.advance()) {
        shard(readers, new ModelAnswerer(model), counts);
      }
    }
  }

  private void expanded(
      NetworkConfig config, Kernels kernels, ShardReaders readers, EvaluationCounts counts) {
    try (ExpandedModel model =
        new ExpandedModel(config, state.value(), kernels, spec.work().expand())) {
      model.collect(counts.firing());
      while (readers.advance()) {
        shard(readers, new ModelAnswerer(model), counts);
      }
      counts.expansion().merge(model.counts());
    }
  }

  private void shard(ShardReaders readers, Answerer model, EvaluationCounts counts) {
    PredictionFile.Content content =
        sink -> {
          while (readers.current().hasNext()) {
            add(readers.shard(), readers.current().next(), model, counts, sink);
          }
        };
    if (!spec.predictions().isEmpty()) {
      Path file = PredictionFile.of(Storage.path(spec.predictions()), readers.shard());
      Storage storage = new Storage(hadoop.value().value());
      PredictionFile.write(storage, file, spec.scoring().columns(), content);
      return;
    }
    try {
      content.writeTo(PredictionFile.Sink.NONE);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void load(SpikeformerModel model) {
    float[] values = state.value();
    if (values.length != model.layout().length()) {
      throw new UserException(
          "model state: expected %s values for %s, found %s; give the configuration of the"
              + " checkpoint",
          model.layout().length(), model.config().name(), values.length);
    }
    model.state().put(values);
    model.freeze();
  }

  private void add(
      int shard,
      Batch batch,
      Answerer model,
      EvaluationCounts counts,
      PredictionFile.Sink predictions)
      throws IOException {
    TaskContext task = TaskContext.get();
    if (task.isInterrupted()) {
      throw new TaskKilledException("evaluation was cancelled");
    }
    spec.scoring()
        .answer(
            batch,
            spec.input(),
            model,
            outputs ->
                score(new Answered(shard, batch, spec.input(), outputs), counts, predictions));
    samples.add(batch.size());
  }

  private void score(Answered answered, EvaluationCounts counts, PredictionFile.Sink predictions)
      throws IOException {
    Batch batch = answered.batch();
    Scored scored = spec.scoring().add(counts.task(), answered);
    counts.add(answered.shard(), batch.size(), scored.loss());
    if (predictions.wanted()) {
      predictions.accept(batch.keys(), scored.predictions().get());
    }
  }

  /** The readers of the task's shards; the next one reads ahead while one is in use. */
  private final class ShardReaders implements AutoCloseable {
    private final Iterator<Integer> shards;
    private final ShardCache cache =
        new ShardCache(ShardSet.open(spec.data(), hadoop.value().value()), CACHE_BYTES);
    private final SampleTransform transform = spec.input().transform();
    private Open current;
    private Open next;

    private record Open(int shard, BatchReader reader) {}

    ShardReaders(Iterator<Integer> shards) {
      this.shards = shards;
      this.next = open();
    }

    /** Goes to the next shard; false after the last. */
    boolean advance() {
      close(current);
      current = next;
      next = current == null ? null : open();
      return current != null;
    }

    int shard() {
      return current.shard();
    }

    BatchReader current() {
      return current.reader();
    }

    private Open open() {
      if (!shards.hasNext()) {
        return null;
      }
      int shard = shards.next();
      List<SampleRef> rows =
          IntStream.range(0, spec.rows()[shard])
              .mapToObj(row -> new SampleRef(shard, row))
              .toList();
      ReadOptions options =
          ReadOptions.of(spec.work().batchSize(), 0, 0).withThreads(spec.work().readerThreads());
      return new Open(
          shard, new BatchReader(cache, rows, transform, spec.scoring().targets(), options));
    }

    @Override
    public void close() {
      close(current);
      close(next);
    }

    private static void close(Open open) {
      if (open != null) {
        open.reader().close();
      }
    }
  }
}
