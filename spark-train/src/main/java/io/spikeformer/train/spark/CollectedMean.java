package io.spikeformer.train.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.train.spark.averaging.MeanPart;
import io.spikeformer.train.spark.averaging.MeanRdd;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceBlocks;
import io.spikeformer.train.spark.averaging.WorkerReport;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * The mean state, put together from slices as they are formed. The driver reads each from its block
 * into its place, in a thread of its own: the one that Spark calls back in also handles lost
 * executors, and must not wait for one of them.
 */
final class CollectedMean {
  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_LIMIT = Duration.ofSeconds(15);

  private final float[] values;
  private final SliceBlocks blocks;
  private final ByteBuffer buffer = SliceBlocks.buffer();
  // of all workers in their order: they come with the first slice, which one partition holds
  private final List<WorkerReport> reports = new ArrayList<>();
  private final Map<Integer, UserException> missing = new TreeMap<>();
  private int filled;

  /**
   * Nothing yet.
   *
   * @param length values of the state
   * @param blocks where its slices will lie
   */
  CollectedMean(int length, SliceBlocks blocks) {
    values = new float[length];
    this.blocks = blocks;
  }

  /** The state as far as it is filled. */
  float[] values() {
    return values;
  }

  /** Of all workers that reported, in their order. */
  List<WorkerReport> reports() {
    return reports;
  }

  /** How many values have come. */
  int filled() {
    return filled;
  }

  /**
   * Forms the mean and reads it. A partition that cannot be read is formed again: its executor may
   * be lost after its task has ended and before its blocks were read.
   *
   * @throws UserException with block and host if a partition cannot be read after several attempts
   */
  CollectedMean from(MeanRdd means) {
    List<Integer> partitions = IntStream.range(0, means.getNumPartitions()).boxed().toList();
    Duration limit = FIRST_LIMIT;
    for (int attempt = 1; !partitions.isEmpty(); attempt++) {
      missing.clear();
      run(means, partitions, limit);
      partitions = List.copyOf(missing.keySet());
      if (!partitions.isEmpty() && attempt == ATTEMPTS) {
        throw missing.get(partitions.get(0));
      }
      limit = limit.multipliedBy(2);
    }
    return this;
  }

  private void run(MeanRdd means, List<Integer> partitions, Duration limit) {
    ExecutorService reader =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "mean slices");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> reads = new ArrayList<>();
      runJob(
          means,
          partitions,
          (partition, part) -> reads.add(reader.submit(() -> read(partition, part, limit))));
      for (Future<?> read : reads) {
        finish(read);
      }
    } finally {
      reader.shutdownNow();
    }
  }

  /** Takes the outcome of a partition's task. */
  @FunctionalInterface
  private interface Handler {
    void accept(int partition, MeanPart part);
  }

  private static void runJob(MeanRdd means, List<Integer> partitions, Handler handler) {
    Function2<TaskContext, Iterator<MeanPart>, MeanPart> only =
        (Function2<TaskContext, Iterator<MeanPart>, MeanPart> & Serializable)
            (context, part) -> part.next();
    means
        .context()
        .runJob(
            means,
            only,
            JavaConverters.<Object>asScalaBuffer(List.copyOf(partitions)).toList(),
            (partition, part) -> {
              handler.accept((Integer) partition, part);
              return BoxedUnit.UNIT;
            },
            ClassTag$.MODULE$.apply(MeanPart.class));
  }

  private static void finish(Future<?> read) {
    try {
      read.get();
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the mean was read", ended);
    }
  }

  private void read(int partition, MeanPart part, Duration limit) {
    try {
      for (int index : part.slices()) {
        int count = Slice.length(index, values.length);
        blocks.collect(index, buffer.clear().limit(count * Float.BYTES), limit);
        buffer.asFloatBuffer().get(values, index * Slice.LENGTH, count);
      }
    } catch (UserException failure) {
      missing.put(partition, failure);
      return;
    }
    for (int index : part.slices()) {
      filled += Slice.length(index, values.length);
    }
    reports.addAll(part.reports());
  }
}
