package io.spikeformer.jobs.infer;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.eval.BatchImages;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The samples of a prepared split, read as evaluation reads them. */
final class ShardInput implements InferenceInput {
  /** Shards are read once, front to back: nothing is worth keeping. */
  private static final long CACHE_BYTES = 0;

  private final InputConfig input;
  private final int batch;
  private final int count;
  private final BatchReader reader;

  /**
   * The samples in the order of the shards.
   *
   * @throws io.spikeformer.data.storage.UserException if the split cannot be seen so
   */
  ShardInput(ShardSet shards, InputConfig input, int batch) {
    // nothing is judged: whatever is known of the samples will do
    input.requireFits(shards, shards.manifest().kind().truth());
    this.input = input;
    this.batch = batch;
    List<SampleRef> order =
        IntStream.range(0, shards.manifest().shards().size())
            .boxed()
            .flatMap(shard -> rows(shard, shards.manifest().shards().get(shard)))
            .toList();
    this.count = order.size();
    this.reader =
        new BatchReader(
            new ShardCache(shards, CACHE_BYTES),
            order,
            input.transform(),
            TargetMaker.NONE,
            ReadOptions.of(batch, 0, 0));
  }

  private static Stream<SampleRef> rows(int index, ShardManifest.Shard shard) {
    return IntStream.range(0, shard.rows()).mapToObj(row -> new SampleRef(index, row));
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int frames() {
    return input.transform().frames();
  }

  @Override
  public int batch() {
    return input.batch(batch);
  }

  @Override
  public int height() {
    return input.height();
  }

  @Override
  public int width() {
    return input.width();
  }

  @Override
  public Optional<Part> next() {
    if (!reader.hasNext()) {
      return Optional.empty();
    }
    Batch batch = reader.next();
    return Optional.of(new Part(batch.keys(), BatchImages.of(batch)));
  }

  @Override
  public void close() {
    reader.close();
  }
}
