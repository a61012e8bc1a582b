package io.spikeformer.data.batch;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Batches of samples in a given order, read, decoded and transformed ahead on background threads.
 *
 * <p>What a batch holds depends on (order, batch size, transform, seed, epoch) alone, never on the
 * number of threads or on timing: a sample's draws come from (seed, epoch, key). Samples of
 * different sizes are padded to the largest of their batch, or come one by one, as their transform
 * says. Shards are pinned in the cache from their first use to their last. For one caller at a
 * time.
 */
public final class BatchReader implements Iterator<Batch>, AutoCloseable {
  private static final long CLOSE_SECONDS = 60;

  private final ShardCache cache;
  private final List<SampleRef> order;
  private final SampleTransform transform;
  private final Optional<MosaicPainter> mosaics;
  private final TargetMaker targets;
  private final ReadOptions options;
  private final ExecutorService threads;
  private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
  private final Map<Integer, List<Integer>> firstUses = new HashMap<>();
  private final Map<Integer, List<Integer>> lastUses = new HashMap<>();
  private final Set<Integer> pinned = new HashSet<>();
  private final int together;
  private final int batches;
  private int submitted;
  private int delivered;
  private volatile boolean closed;

  /**
   * Starts reading.
   *
   * @param cache the samples
   * @param order which samples, in which order; the last batch holds what is left
   * @param transform what is done to each
   * @param targets makes the answers that the samples of a batch must get
   * @param options batch size, seed, epoch and threads
   */
  public BatchReader(
      ShardCache cache,
      List<SampleRef> order,
      SampleTransform transform,
      TargetMaker targets,
      ReadOptions options) {
    this.cache = cache;
    this.order = order;
    this.transform = transform;
    this.mosaics =
        transform
            .mosaic()
            .map(mosaic -> new MosaicPainter(cache, mosaic, transform.paddingColour()));
    this.targets = targets;
    this.options = options;
    this.together = transform.extent().batch(options.batchSize());
    this.batches = (order.size() + together - 1) / together;
    noteUses();
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            options.threads(),
            task -> {
              Thread thread = new Thread(task, "batch-reader-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    submitAhead();
  }

  /** Number of batches in all. */
  public int batches() {
    return batches;
  }

  @Override
  public boolean hasNext() {
    return !closed && delivered < batches;
  }

  /**
   * The next batch, waiting for it if it is not ready.
   *
   * @throws UserException if a shard or a sample of it cannot be read
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException(Text.format("all %d batches were read", batches));
    }
    try {
      Batch batch = ahead.remove().get();
      lastUses.getOrDefault(delivered, List.of()).forEach(this::unpin);
      delivered++;
      submitAhead();
      return batch;
    } catch (ExecutionException failure) {
      close();
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new StorageException(failure, "cannot read a batch of %s", cache.shards().location());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      close();
      throw new StorageException(interrupted, "interrupted while waiting for a batch");
    }
  }

  /** Stops the threads; work that has begun is finished first, so that no file is cut off. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    threads.shutdown();
    try {
      threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    List.copyOf(pinned).forEach(this::unpin);
  }

  /** Notes for every shard the first and the last batch that needs it. */
  private void noteUses() {
    Map<Integer, Integer> last = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      int shard = order.get(i).shard();
      int batch = i / together;
      if (last.put(shard, batch) == null) {
        firstUses.computeIfAbsent(batch, unused -> new ArrayList<>()).add(shard);
      }
    }
    last.forEach(
        (shard, batch) -> lastUses.computeIfAbsent(batch, unused -> new ArrayList<>()).add(shard));
  }

  private void submitAhead() {
    while (submitted < batches && ahead.size() < options.prefetch()) {
      int batch = submitted++;
      for (int shard : firstUses.getOrDefault(batch, List.of())) {
        cache.pin(shard);
        pinned.add(shard);
      }
      ahead.add(threads.submit(() -> read(batch)));
    }
  }

  private void unpin(int shard) {
    if (pinned.remove(shard)) {
      cache.unpin(shard);
    }
  }

  private Batch read(int batch) {
    if (closed) {
      throw new UserException("the reader is closed");
    }
    int from = batch * together;
    List<SampleRef> places = order.subList(from, Math.min(order.size(), from + together));
    int size = places.size();
    BatchPixels pixels = new BatchPixels(transform, size);
    List<SampleTruth> truths = new ArrayList<>(size);
    int classes = cache.shards().manifest().columns().logits();
    float[] logits = new float[size * classes];
    List<String> keys = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Sample sample = cache.sample(places.get(i));
      long seed =
          SeededRandom.mix(options.seed(), options.epoch(), SeededRandom.hash(sample.key()));
      MosaicPainter.Painted shown = shown(places.get(i), sample, seed);
      SampleTruth truth = shown.truth();
      Geometry plan = transform.plan(sample.key(), shown.content(), truth.labelShare(), seed);
      pixels.add(shown.content(), plan, seed);
      truths.add(truth);
      System.arraycopy(sample.logits(), 0, logits, i * classes, classes);
      keys.add(sample.key());
    }
    return pixels.batch(targets.of(truths, pixels.plans()), keys, logits);
  }

  /** The sample, or the mosaic that begins with it. */
  private MosaicPainter.Painted shown(SampleRef place, Sample sample, long seed) {
    return mosaics
        .map(painter -> painter.paint(place, seed))
        .orElseGet(() -> new MosaicPainter.Painted(cache.content(place), new SampleTruth(sample)));
  }
}
