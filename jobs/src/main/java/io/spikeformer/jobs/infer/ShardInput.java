package io.spikeformer.jobs.infer;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ContentDecoder;
import io.spikeformer.data.batch.DecodedContent;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
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
  private final ShardSet shards;
  private final List<SampleRef> order;
  private final BatchReader reader;
  private final ContentDecoder decoder = new ContentDecoder();
  private int done;
  private int openShard = -1;
  private List<Sample> open = List.of();

  /**
   * Where the pixels of a batch went.
   *
   * @param plans of its samples
   */
  private record Plans(List<Geometry> plans) implements Targets {}

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
    this.shards = shards;
    this.order =
        IntStream.range(0, shards.manifest().shards().size())
            .boxed()
            .flatMap(shard -> rows(shard, shards.manifest().shards().get(shard)))
            .toList();
    this.reader =
        new BatchReader(
            new ShardCache(shards, CACHE_BYTES),
            order,
            input.transform(),
            (truths, plans) -> new Plans(plans),
            ReadOptions.of(batch, 0, 0));
  }

  private static Stream<SampleRef> rows(int index, ShardManifest.Shard shard) {
    return IntStream.range(0, shard.rows()).mapToObj(row -> new SampleRef(index, row));
  }

  @Override
  public int count() {
    return order.size();
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
    return input.extent().largest(batch()).height();
  }

  @Override
  public int width() {
    return input.extent().largest(batch()).width();
  }

  @Override
  public Optional<Part> next() {
    if (!reader.hasNext()) {
      return Optional.empty();
    }
    Batch batch = reader.next();
    int from = done;
    done += batch.size();
    List<Geometry> plans = ((Plans) batch.targets()).plans();
    return Optional.of(new Part(batch, plans, i -> original(order.get(from + i))));
  }

  @Override
  public boolean hasOriginals() {
    return shards.manifest().kind().content() == ContentKind.IMAGE;
  }

  /** One shard is kept, since samples are asked for in its order. */
  private RgbImage original(SampleRef place) {
    if (place.shard() != openShard) {
      open = shards.samples(place.shard());
      openShard = place.shard();
    }
    return ((DecodedContent.Pixels) decoder.decode(open.get(place.row()))).image();
  }

  @Override
  public void close() {
    reader.close();
  }
}
