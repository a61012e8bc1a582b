package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import io.spikeformer.train.OuterStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.Partition;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.ShuffleStatus;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.executor.TempShuffleReadMetrics;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.ExecutorCacheTaskLocation;
import org.apache.spark.scheduler.MapStatus;
import org.apache.spark.shuffle.FetchFailedException;
import org.apache.spark.shuffle.ShuffleWriteProcessor;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.ShuffleBlockId;
import scala.Option;
import scala.Product2;
import scala.Tuple2;
import scala.Tuple3;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The mean of the workers' slices, a partition for each slice. It reads the workers one after the
 * other, each through a reader of its own, so that they come in one order. The next ones are on
 * their way in the meantime, as many as {@code spark.reducer.maxSizeInFlight} allows. The mean,
 * after the outer step, stays with the executor that has formed it.
 *
 * <p>A slice begins with the worker of its number, modulo the workers: its own executor's. So the
 * executors do not all ask the same workers at the same time, whose cables would be busy while the
 * others' are idle.
 *
 * <p>The slices are shared out among the executors that the workers ran on: so each forms, receives
 * and sends as much as the others.
 */
public final class MeanRdd extends RDD<MeanPart> {
  private static final long serialVersionUID = 1L;
  private static final String IN_FLIGHT = "spark.reducer.maxSizeInFlight";

  private final ShuffleDependency<Long, Slice, Slice> shuffle;
  private final SharedState start;
  private final SharedState mean;
  private final OuterStep outer;
  private final long step;
  private final int workers;

  private MeanRdd(
      RDD<?> trained,
      ShuffleDependency<Long, Slice, Slice> shuffle,
      SharedState start,
      SharedState mean,
      OuterStep outer,
      long step) {
    super(trained.context(), seq(shuffle), tag(MeanPart.class));
    this.shuffle = shuffle;
    this.start = start;
    this.mean = mean;
    this.outer = outer;
    this.step = step;
    this.workers = trained.getNumPartitions();
  }

  /**
   * The mean of a round.
   *
   * @param trained a partition for each worker, with its slices in order
   * @param start the state that the round began with
   * @param mean the state that it ends with, still to be formed
   * @param outer the step from the one towards the other
   * @param step optimizer steps before the round
   */
  public static MeanRdd of(
      RDD<Tuple2<Long, Slice>> trained,
      SharedState start,
      SharedState mean,
      OuterStep outer,
      long step) {
    ShuffleDependency<Long, Slice, Slice> shuffle =
        new ShuffleDependency<>(
            trained,
            new SlicePartitioner(trained.getNumPartitions(), mean.slices()),
            new SliceStreams(),
            Option.empty(),
            Option.empty(),
            false,
            new ShuffleWriteProcessor(),
            tag(Long.class),
            tag(Slice.class),
            tag(Slice.class));
    return new MeanRdd(trained, shuffle, start, mean, outer, step);
  }

  private static <T> Seq<T> seq(T only) {
    return JavaConverters.asScalaBuffer(List.of(only)).toList();
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

  /** Where all workers' contributions to a slice meet. */
  private record Part(int index) implements Partition {}

  /** The executor that a worker ran on; asked once all have finished. */
  @Override
  public Seq<String> getPreferredLocations(Partition split) {
    if (!(SparkEnv.get().mapOutputTracker() instanceof MapOutputTrackerMaster tracker)) {
      return JavaConverters.asScalaBuffer(List.<String>of()).toList();
    }
    Option<ShuffleStatus> outputs = tracker.shuffleStatuses().get(shuffle.shuffleId());
    MapStatus output =
        outputs.isEmpty() ? null : outputs.get().mapStatuses()[split.index() % workers];
    if (output == null) {
      return JavaConverters.asScalaBuffer(List.<String>of()).toList();
    }
    BlockManagerId place = output.location();
    return seq(new ExecutorCacheTaskLocation(place.host(), place.executorId()).toString());
  }

  @Override
  public scala.collection.Iterator<MeanPart> compute(Partition split, TaskContext context) {
    int index = split.index();
    Contributions contributions = new Contributions(index, context);
    SliceMean slices =
        new SliceMean(slice -> start.slice(slice, mean.elements()), start::differences);
    float[] values = slices.of(contributions);
    boolean formed = values.length > 0;
    int change = formed ? finish(index, values) : 0;
    context.taskMetrics().mergeShuffleReadMetrics();
    MeanPart part = new MeanPart(index, Holder.here(change), formed, contributions.reports);
    return JavaConverters.asScalaIterator(List.of(part).iterator());
  }

  /**
   * Makes the outer step from the start towards the mean, and stores what is reached.
   *
   * @return bytes of the coded difference that was stored; 0 if none was
   */
  private int finish(int index, float[] values) {
    DifferenceCoding coding = start.coding();
    float[] momentum = start.outerSlice(index);
    if (momentum.length == 0 && coding == null) {
      mean.put(index, values, momentum);
      return 0;
    }
    int first = mean.layout().from(index);
    float[] before = start.slice(index, mean.elements());
    if (momentum.length > 0) {
      outer.apply(first, before, values, momentum);
    }
    if (coding == null) {
      mean.put(index, values, momentum);
      return 0;
    }
    float[] rest = start.restSlice(index);
    byte[] change = coding.code(coding.drawOfMean(step), first, before, values, rest);
    mean.put(index, before, change, momentum, rest);
    return change.length;
  }

  /** Slices that a task has on their way to it at most: one, or what Spark's setting allows. */
  private static int inFlight(SliceLayout layout) {
    // a dry run has no Spark
    SparkConf conf = SparkEnv.get() == null ? new SparkConf() : SparkEnv.get().conf();
    long bytes = conf.getSizeAsBytes(IN_FLIGHT, "48m");
    return (int) Math.max(1, bytes / bytes(layout));
  }

  private static long bytes(SliceLayout layout) {
    return (long) layout.length() * Float.BYTES;
  }

  /** Bytes outside the heap that a task needs: slices on their way, the start's and the mean. */
  public static long bytesOutside(SliceLayout layout, int workers) {
    return (Math.min(workers, inFlight(layout)) + 2) * bytes(layout);
  }

  /** All workers' contributions to a slice, from the worker of its number on. */
  private final class Contributions implements Iterator<SliceMean.Contribution> {
    private final List<WorkerReport> reports = new ArrayList<>();
    private final Queue<Worker> opened = new ArrayDeque<>();
    private final int partition;
    private final TaskContext context;
    private final int ahead;
    private int next;
    private Worker current;
    private SliceMean.Contribution found;

    Contributions(int partition, TaskContext context) {
      this.partition = partition;
      this.context = context;
      this.ahead = inFlight(mean.layout());
    }

    @Override
    public boolean hasNext() {
      finishCurrent();
      while (found == null && (next < workers || !opened.isEmpty())) {
        while (next < workers && opened.size() < ahead) {
          opened.add(new Worker((partition + next) % workers, partition, context));
          next++;
        }
        current = opened.remove();
        current
            .contribution()
            .ifPresent(
                contribution -> {
                  reports.addAll(contribution.header().reports());
                  found = contribution;
                });
      }
      return found != null;
    }

    private void finishCurrent() {
      if (found == null && current != null) {
        current.finishSlice();
        current = null;
      }
    }

    @Override
    public SliceMean.Contribution next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      SliceMean.Contribution contribution = found;
      found = null;
      return contribution;
    }
  }

  /** One worker's part of a slice. */
  private final class Worker {
    private final int worker;
    private final int partition;
    private final scala.collection.Iterator<Product2<Long, ArrivingSlice>> slices;
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

    /** Nothing of a worker that has failed, except its report with the first slice. */
    Optional<SliceMean.Contribution> contribution() {
      if (!slices.hasNext()) {
        return Optional.empty();
      }
      taken = slices.next()._2();
      return Optional.of(new SliceMean.Contribution(taken.header(), this::read));
    }

    /** Nothing is made of the last elements before all of them are checked. */
    private void read(ByteBuffer chunk) {
      taken.next(chunk);
      if (taken.isRead()) {
        finishSlice();
      }
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
