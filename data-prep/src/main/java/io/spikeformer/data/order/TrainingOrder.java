package io.spikeformer.data.order;

import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which samples a worker visits in an epoch, and in which order: a pure function of (rows of the
 * shards, workers, seed, epoch).
 *
 * <p>In each epoch the shards are shuffled, the rows of each shard are shuffled, and the sequence
 * is cut into one range a worker, whose sizes differ by at most one. Inside its range a worker
 * shuffles groups of consecutive shards together, so that it needs only a group in memory. Over the
 * workers of an epoch, every sample is visited exactly once.
 */
public final class TrainingOrder {
  private static final long SHARD_STREAM = 1;
  private static final long ROW_STREAM = 2;
  private static final long GROUP_STREAM = 3;

  private final int[] rows;
  private final int workers;
  private final long seed;
  private final int shuffleGroup;
  private final long samples;

  /**
   * An order over a shard set.
   *
   * @param rows rows of each shard, by index (the manifest's)
   * @param workers number of workers that share an epoch, &gt;= 1
   * @param seed of the run
   * @param shuffleGroup shards that are shuffled together and held in memory at once, &gt;= 1
   */
  public TrainingOrder(int[] rows, int workers, long seed, int shuffleGroup) {
    if (workers < 1 || shuffleGroup < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "training order: expected workers and shuffle group >= 1, found %d and %d",
              workers, shuffleGroup));
    }
    this.rows = rows.clone();
    this.workers = workers;
    this.seed = seed;
    this.shuffleGroup = shuffleGroup;
    this.samples = Arrays.stream(rows).asLongStream().sum();
  }

  /** Number of samples that a worker visits in every epoch. */
  public int size(int worker) {
    return Math.toIntExact(start(worker + 1) - start(worker));
  }

  /**
   * The samples of one worker in one epoch, in the order of visiting.
   *
   * @param worker from 0 to workers - 1
   * @param epoch from 0
   */
  public List<SampleRef> order(int worker, int epoch) {
    if (worker < 0 || worker >= workers || epoch < 0) {
      throw new IllegalArgumentException(
          Text.format(
              "training order: expected worker 0..%d and epoch >= 0, found %d and %d",
              workers - 1, worker, epoch));
    }
    long from = start(worker);
    long to = start(worker + 1);
    SampleRef[] order = new SampleRef[Math.toIntExact(to - from)];
    List<Integer> groupEnds = new ArrayList<>();
    int filled = 0;
    int shardsInGroup = 0;
    long shardStart = 0;
    for (int shard : shardOrder(epoch)) {
      long first = Math.max(from, shardStart);
      long last = Math.min(to, shardStart + rows[shard]);
      if (first < last) {
        SampleRef[] visited = rowOrder(shard, epoch);
        int taken = (int) (last - first);
        System.arraycopy(visited, (int) (first - shardStart), order, filled, taken);
        filled += taken;
        if (++shardsInGroup == shuffleGroup) {
          groupEnds.add(filled);
          shardsInGroup = 0;
        }
      }
      shardStart += rows[shard];
    }
    groupEnds.add(filled);
    shuffleGroups(order, groupEnds, worker, epoch);
    return List.of(order);
  }

  private void shuffleGroups(SampleRef[] order, List<Integer> ends, int worker, int epoch) {
    SeededRandom random = new SeededRandom(SeededRandom.mix(seed, GROUP_STREAM, worker, epoch));
    int start = 0;
    for (int end : ends) {
      random.shuffle(order, start, end);
      start = end;
    }
  }

  private Integer[] shardOrder(int epoch) {
    Integer[] shards = new Integer[rows.length];
    Arrays.setAll(shards, shard -> shard);
    new SeededRandom(SeededRandom.mix(seed, SHARD_STREAM, epoch)).shuffle(shards, 0, rows.length);
    return shards;
  }

  private SampleRef[] rowOrder(int shard, int epoch) {
    SampleRef[] order = new SampleRef[rows[shard]];
    Arrays.setAll(order, row -> new SampleRef(shard, row));
    new SeededRandom(SeededRandom.mix(seed, ROW_STREAM, shard, epoch))
        .shuffle(order, 0, order.length);
    return order;
  }

  /** Position of a worker's first sample in the epoch's sequence. */
  private long start(int worker) {
    return samples * worker / workers;
  }
}
