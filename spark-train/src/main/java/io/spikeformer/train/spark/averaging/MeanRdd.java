package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.executor.TempShuffleReadMetrics;
import org.apache.spark.rdd.RDD;
import org.apache.spark.shuffle.FetchFailedException;
import org.apache.spark.shuffle.ShuffleWriteProcessor;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.ShuffleBlockId;
import scala.Option;
import scala.Product2;
import scala.Tuple2;
import scala.Tuple3;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The mean of the workers' slices. A partition reads its slices of all workers side by side, each
 * worker through a reader of its own. So they come in the workers' order, whichever arrives first,
 * and nothing needs to be collected or sorted.
 */
public final class MeanRdd extends RDD<MeanPart> {
  private static final long serialVersionUID = 1L;

  private final ShuffleDependency<Long, Slice, Slice> shuffle;
  private final SharedState state;
  private final int elements;
  private final int workers;

  private MeanRdd(
      RDD<?> trained,
      ShuffleDependency<Long, Slice, Slice> shuffle,
      SharedState state,
      int elements) {
    super(trained.context(), seq(shuffle), tag(MeanPart.class));
    this.shuffle = shuffle;
    this.state = state;
    this.elements = elements;
    this.workers = trained.getNumPartitions();
  }

  /**
   * The mean of a round.
   *
   * @param trained a partition for each worker, with its slices in order
   * @param state the state that the round began with
   * @param elements values of a worker that are averaged
   */
  public static MeanRdd of(RDD<Tuple2<Long, Slice>> trained, SharedState state, int elements) {
    ShuffleDependency<Long, Slice, Slice> shuffle =
        new ShuffleDependency<>(
            trained,
            new SlicePartitioner(trained.getNumPartitions(), Slice.count(elements)),
            new SliceStreams(),
            Option.empty(),
            Option.empty(),
            false,
            new ShuffleWriteProcessor(),
            tag(Long.class),
            tag(Slice.class),
            tag(Slice.class));
    return new MeanRdd(trained, shuffle, state, elements);
  }

  private static Seq<Dependency<?>> seq(Dependency<?> only) {
    return JavaConverters.<Dependency<?>>asScalaBuffer(List.of(only)).toList();
  }

  private static <T> ClassTag<T> tag(Class<T> type) {
    return ClassTag$.MODULE$.apply(type);
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] partitions = new Partition[shuffle.partitioner().numPartitions()];
    for (int i = 0; i < partitions.length; i++) {
      partitions[i] = new Part(i);
    }
    return partitions;
  }

  /** Where all workers' contributions to some slices meet. */
  private record Part(int index) implements Partition {}

  @Override
  public Iterator<MeanPart> compute(Partition split, TaskContext context) {
    int partition = split.index();
    List<Worker> contributing = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      contributing.add(new Worker(worker, partition, context));
    }
    List<Integer> formed = new ArrayList<>();
    List<WorkerReport> reports = new ArrayList<>();
    SliceMean mean = new SliceMean(index -> state.slice(index, elements));
    ByteBuffer buffer = SliceBlocks.buffer();
    for (int index = partition; index < Slice.count(elements); index += getPartitions().length) {
      List<SliceMean.Contribution> contributions = new ArrayList<>();
      for (Worker worker : contributing) {
        worker.contribution(index).ifPresent(contributions::add);
      }
      contributions.forEach(contribution -> reports.addAll(contribution.header().reports()));
      mean.form(contributions, buffer.clear());
      contributing.forEach(Worker::finishSlice);
      if (buffer.position() > 0) {
        state.mean().put(index, buffer);
        formed.add(index);
      }
    }
    context.taskMetrics().mergeShuffleReadMetrics();
    MeanPart part = new MeanPart(formed.stream().mapToInt(i -> i).toArray(), reports);
    return JavaConverters.asScalaIterator(List.of(part).iterator());
  }

  /** The slices of one worker in a partition, one after the other. */
  private final class Worker {
    private final int worker;
    private final int partition;
    private final Iterator<Product2<Long, ArrivingSlice>> slices;
    private ArrivingSlice next;
    private ArrivingSlice taken;

    Worker(int worker, int partition, TaskContext context) {
      this.worker = worker;
      this.partition = partition;
      TempShuffleReadMetrics metrics = context.taskMetrics().createTempShuffleReadMetrics();
      this.slices =
          SparkEnv.get()
              .shuffleManager()
              .<Long, ArrivingSlice>getReader(
                  shuffle.shuffleHandle(),
                  worker,
                  worker + 1,
                  partition,
                  partition + 1,
                  context,
                  metrics)
              .read();
    }

    /** The worker's part of a slice, if it has one: a worker that failed sends a report alone. */
    Optional<SliceMean.Contribution> contribution(int index) {
      if (next == null && slices.hasNext()) {
        next = slices.next()._2();
      }
      if (next == null || next.header().index() != index) {
        return Optional.empty();
      }
      taken = next;
      next = null;
      return Optional.of(SliceMean.Contribution.of(taken));
    }

    void finishSlice() {
      if (taken == null) {
        return;
      }
      try {
        taken.finish();
      } catch (DamagedSliceException damaged) {
        throw MeanRdd.<RuntimeException>unchecked(trainAgain(damaged));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      taken = null;
    }

    /** Makes Spark run the worker's task again. */
    private FetchFailedException trainAgain(UserException damaged) {
      Tuple2<BlockManagerId, Seq<Tuple3<BlockId, Object, Object>>> place =
          SparkEnv.get()
              .mapOutputTracker()
              .getMapSizesByExecutorId(
                  shuffle.shuffleId(), worker, worker + 1, partition, partition + 1)
              .next();
      ShuffleBlockId block = (ShuffleBlockId) place._2().head()._1();
      return new FetchFailedException(
          place._1(),
          shuffle.shuffleId(),
          block.mapId(),
          worker,
          partition,
          "worker " + worker + ": " + damaged.getMessage(),
          damaged);
    }
  }

  /** Spark's way of asking for a missing part is a checked exception that no method declares. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchecked(Throwable failure) throws E {
    throw (E) failure;
  }
}
