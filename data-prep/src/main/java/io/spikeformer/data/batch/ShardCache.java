package io.spikeformer.data.batch;

import io.spikeformer.common.StorageException;
import io.spikeformer.common.UserException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The samples of a shard set by reference, each shard read once while it stays in memory. It may
 * outlive readers, so that an executor keeps its data from round to round. Thread-safe.
 *
 * <p>Shards that a reader has pinned stay; others are dropped, the longest unused first, once the
 * bound is exceeded. Decoded pixels of small images are kept too, within the same bound: decoding
 * them costs more than everything else that is done to them.
 */
public final class ShardCache {
  /** A bound that holds CIFAR-10 with its pixels: 512 MiB. */
  public static final long DEFAULT_BYTES = 512L << 20;

  /** Images of at most this many bytes are kept decoded: 64 x 64 pixels. */
  private static final int SMALL_IMAGE = 64 * 64 * RgbImage.CHANNELS;

  /** Rough size of what a sample takes beside its image bytes. */
  private static final int OVERHEAD = 200;

  private final ShardSet shards;
  private final long maximumBytes;
  private final ContentDecoder decoder = new ContentDecoder();
  private final Map<Integer, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * An empty cache.
   *
   * @param shards what to read
   * @param maximumBytes bound of what is kept beyond the pinned shards
   */
  public ShardCache(ShardSet shards, long maximumBytes) {
    this.shards = shards;
    this.maximumBytes = maximumBytes;
  }

  public ShardSet shards() {
    return shards;
  }

  /** A sample, from memory or after reading its shard. */
  public Sample sample(SampleRef place) {
    return entry(place.shard(), 0).samples().get(place.row());
  }

  /**
   * The decoded content of a sample.
   *
   * @throws UserException if its bytes are damaged
   */
  public DecodedContent content(SampleRef place) {
    Entry entry = entry(place.shard(), 0);
    Sample sample = entry.samples().get(place.row());
    DecodedContent known = entry.decoded.get(place.row());
    if (known != null) {
      return known;
    }
    DecodedContent decoded = decoder.decode(sample);
    if (decoded instanceof DecodedContent.Pixels pixels) {
      keep(entry, place.row(), pixels);
    }
    return decoded;
  }

  /** Keeps a shard in memory until it is unpinned as often. */
  public void pin(int shard) {
    entry(shard, 1);
  }

  /** Takes one pin back. */
  public synchronized void unpin(int shard) {
    Entry entry = entries.get(shard);
    if (entry != null) {
      entry.pins--;
      evict();
    }
  }

  /** The entry of a shard, not necessarily read yet. */
  private synchronized Entry entry(int shard, int pins) {
    Entry entry = entries.get(shard);
    if (entry == null) {
      entry = new Entry(shard);
      entries.put(shard, entry);
    }
    entry.pins += pins;
    return entry;
  }

  private synchronized void account(Entry entry, long added) {
    if (entries.get(entry.shard) == entry) {
      entry.bytes += added;
      bytes += added;
      evict();
    }
  }

  private synchronized void keep(Entry entry, int row, DecodedContent.Pixels pixels) {
    int size = pixels.image().pixels().length;
    if (size <= SMALL_IMAGE
        && entries.get(entry.shard) == entry
        && bytes + size <= maximumBytes
        && entry.decoded.compareAndSet(row, null, pixels)) {
      entry.bytes += size;
      bytes += size;
    }
  }

  private void evict() {
    Iterator<Entry> eldest = entries.values().iterator();
    while (bytes > maximumBytes && eldest.hasNext()) {
      Entry entry = eldest.next();
      if (entry.pins == 0 && entry.bytes > 0) {
        eldest.remove();
        bytes -= entry.bytes;
      }
    }
  }

  /** One shard; the first thread that asks reads it, the others wait. */
  private final class Entry {
    private final int shard;
    private final AtomicReferenceArray<DecodedContent> decoded;
    private FutureTask<List<Sample>> loading;
    private int pins;
    private long bytes;

    Entry(int shard) {
      this.shard = shard;
      this.decoded = new AtomicReferenceArray<>(shards.manifest().shards().get(shard).rows());
      this.loading = task();
    }

    List<Sample> samples() {
      FutureTask<List<Sample>> task = current();
      task.run();
      try {
        return task.get();
      } catch (ExecutionException failure) {
        forget(task);
        if (failure.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new StorageException(failure.getCause(), "cannot read shard %s", shard);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new StorageException(interrupted, "interrupted while waiting for shard %s", shard);
      }
    }

    private FutureTask<List<Sample>> task() {
      return new FutureTask<>(
          () -> {
            List<Sample> samples = shards.samples(shard);
            account(this, samples.stream().mapToLong(s -> s.byteCount() + OVERHEAD).sum());
            return samples;
          });
    }

    private synchronized FutureTask<List<Sample>> current() {
      return loading;
    }

    /** After a failure the next caller tries again. */
    private synchronized void forget(FutureTask<List<Sample>> failed) {
      if (loading == failed) {
        loading = task();
      }
    }
  }
}
