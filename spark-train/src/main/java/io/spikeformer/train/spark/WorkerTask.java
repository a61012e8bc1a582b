package io.spikeformer.train.spark;

import io.spikeformer.data.DataException;
import io.spikeformer.model.ModelException;
import io.spikeformer.train.DivergenceException;
import io.spikeformer.train.MomentsPolicy;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.TrainingSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * A worker's part of a round: trains from the broadcast state and sends the outcome in slices. The
 * worker is the partition's index; the partition holds what the worker has kept from the round
 * before, which is nothing unless the workers have moments of their own.
 *
 * <p>A pure function of (state, what was kept, epoch, round, worker), so that a second attempt
 * sends the same.
 */
final class WorkerTask implements PairFlatMapFunction<Iterator<Tuple2<Long, Slice>>, Long, Slice> {
  private static final long serialVersionUID = 1L;

  private final ReplicaSpec spec;
  private final Broadcast<float[]> values;
  private final Place place;

  /** Where in the training a round is, and how often Spark tries a task. */
  record Place(long step, int epoch, int round, int workers, int maxAttempts)
      implements java.io.Serializable {}

  WorkerTask(ReplicaSpec spec, Broadcast<float[]> values, Place place) {
    this.spec = spec;
    this.values = values;
    this.place = place;
  }

  @Override
  public Iterator<Tuple2<Long, Slice>> call(Iterator<Tuple2<Long, Slice>> kept) {
    int worker = TaskContext.getPartitionId();
    // before a replica is taken: where this was lost, it is another round that needs one
    float[] moments = KeptMoments.join(kept, slices());
    try {
      return ReplicaPool.ofThisJvm()
          .with(spec, replica -> train(replica, moments, worker))
          .iterator();
    } catch (ModelException | DataException | IllegalArgumentException failure) {
      if (!(failure instanceof DivergenceException) && mayBeTriedAgain()) {
        throw failure;
      }
      return List.of(failed(worker, failure)).iterator();
    }
  }

  /** Slices that go to the mean; those behind them are kept. */
  private int slices() {
    return Slice.count(values.value().length);
  }

  private List<Tuple2<Long, Slice>> train(Replica replica, float[] moments, int worker) {
    long began = System.nanoTime();
    TrainingState start = new TrainingState(place.step(), values.value());
    TrainingSums sums = replica.train(start, moments, worker, place.epoch(), place.round());
    float[] state = replica.state().values();
    double seconds = (System.nanoTime() - began) / 1e9;
    List<Tuple2<Long, Slice>> slices = new ArrayList<>();
    int averaged = start.values().length;
    for (int index = 0; index < slices(); index++) {
      int from = index * Slice.LENGTH;
      float[] part = Arrays.copyOfRange(state, from, Math.min(averaged, from + Slice.LENGTH));
      List<WorkerReport> reports =
          index == 0
              ? List.of(new WorkerReport(worker, sums, seconds, replica.dataSeconds(), ""))
              : List.of();
      Slice slice = new Slice(index, sums.samples(), part, reports);
      slices.add(
          new Tuple2<>(
              key(index, worker),
              replica.averaging().compressed() ? slice.compressed(start.values()) : slice));
    }
    if (replica.averaging().momentsPolicy() == MomentsPolicy.LOCAL) {
      for (Slice part : KeptMoments.cut(state, averaged, slices())) {
        slices.add(new Tuple2<>(key(part.index(), worker), part));
      }
    }
    return slices;
  }

  private Tuple2<Long, Slice> failed(int worker, RuntimeException failure) {
    WorkerReport report = new WorkerReport(worker, TrainingSums.NONE, 0, 0, failure.getMessage());
    return new Tuple2<>(key(0, worker), new Slice(0, 0, new float[0], List.of(report)));
  }

  private boolean mayBeTriedAgain() {
    return TaskContext.get().attemptNumber() + 1 < place.maxAttempts();
  }

  /** Sorts by slice, then by worker. */
  private long key(int index, int worker) {
    return (long) index * place.workers() + worker;
  }
}
