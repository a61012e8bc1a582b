package io.spikeformer.train.spark.worker;

import io.spikeformer.common.UserException;
import io.spikeformer.train.DivergenceException;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.spark.averaging.KeptMoments;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.OwnDifferences;
import io.spikeformer.train.spark.averaging.Payload;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.averaging.WorkerReport;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * A worker's part of a round: trains from the shared state and sends the outcome in slices. The
 * worker is the partition's index; the partition holds what the worker has kept from the round
 * before, which is nothing unless the workers have moments of their own.
 *
 * <p>A pure function of (state, what was kept, epoch, round, worker), so that a second attempt
 * sends the same.
 */
public final class WorkerTask
    implements PairFlatMapFunction<Iterator<Tuple2<Long, Slice>>, Long, Slice> {
  private static final long serialVersionUID = 1L;

  private final ReplicaSpec spec;
  private final SharedState start;
  private final Place place;

  /**
   * Where in the training a round is, and how often Spark tries a task.
   *
   * @param step optimizer steps taken before
   * @param epoch from 0
   * @param round of the epoch, from 0
   * @param shared vectors of the state that all workers start from: the model's, then moments
   * @param averaged those that are averaged at the end
   * @param workers replicas
   * @param maxAttempts of a task
   */
  public record Place(
      long step, int epoch, int round, int shared, int averaged, int workers, int maxAttempts)
      implements java.io.Serializable {
    /** Whether Spark runs the calling task again if it fails. */
    boolean mayBeTriedAgain() {
      return TaskContext.get().attemptNumber() + 1 < maxAttempts;
    }
  }

  public WorkerTask(ReplicaSpec spec, SharedState start, Place place) {
    this.spec = spec;
    this.start = start;
    this.place = place;
  }

  @Override
  public Iterator<Tuple2<Long, Slice>> call(Iterator<Tuple2<Long, Slice>> kept) {
    int worker = TaskContext.getPartitionId();
    try {
      // before a replica is taken: where this was lost, it is another round that needs one
      float[] own = KeptMoments.join(kept, start.slices());
      return train(own, worker).iterator();
    } catch (MissingSliceException lost) {
      // the driver has it formed again
      throw lost;
    } catch (UserException | IllegalArgumentException failure) {
      if (!(failure instanceof DivergenceException) && place.mayBeTriedAgain()) {
        throw failure;
      }
      return List.of(failed(worker, failure)).iterator();
    }
  }

  private List<Tuple2<Long, Slice>> train(float[] own, int worker) {
    ReplicaPool.Loan loan = ReplicaPool.ofThisJvm().lend(spec);
    boolean whole = false;
    try {
      List<Tuple2<Long, Slice>> slices = train(loan.replica(), own, worker);
      whole = true;
      if (inPlace(loan.replica())) {
        // Spark writes what is sent after this, from the replica's tensors
        TaskCompletionListener end = context -> loan.giveBack();
        TaskContext.get().addTaskCompletionListener(end);
      } else {
        // rounds that are trained again in one task must not take a replica each
        loan.giveBack();
      }
      return slices;
    } finally {
      if (!whole) {
        loan.discard();
      }
    }
  }

  private List<Tuple2<Long, Slice>> train(Replica replica, float[] own, int worker) {
    OwnDifferences differences = new OwnDifferences(start, place.step(), worker, own);
    replica.load(start, place, differences.before(own), worker);
    long began = System.nanoTime();
    TrainingSums sums = replica.train(worker, place.epoch(), place.round());
    double seconds = (System.nanoTime() - began) / 1e9;
    WorkerReport report =
        new WorkerReport(worker, sums, seconds, replica.dataSeconds(), replica.executor(), "");
    List<Tuple2<Long, Slice>> slices = new ArrayList<>();
    StateParts averaged = replica.averaged(place.averaged());
    SliceLayout layout = start.layout();
    int count = layout.count(Math.toIntExact(averaged.length()));
    for (int index = 0; index < count; index++) {
      // a worker whose share is used up has nothing to say
      Payload payload =
          sums.samples() > 0 ? payload(replica, averaged, index, differences) : Payload.NONE;
      List<WorkerReport> reports = index == 0 ? List.of(report) : List.of();
      slices.add(
          new Tuple2<>(key(index, worker), new Slice(index, sums.samples(), payload, reports)));
    }
    List<Slice> kept = new ArrayList<>();
    if (replica.averaging().keepsMoments()) {
      kept.addAll(KeptMoments.cut(replica.kept(place.averaged()), layout, count));
    }
    kept.addAll(KeptMoments.cut(differences.rest(), layout, count + kept.size()));
    kept.forEach(part -> slices.add(new Tuple2<>(key(part.index(), worker), part)));
    return slices;
  }

  private Payload payload(
      Replica replica, StateParts state, int index, OwnDifferences differences) {
    Transport form = replica.averaging().form();
    if (form.isQuantised()) {
      return differences.payload(state, index);
    }
    int elements = (int) state.length();
    long from = start.layout().from(index);
    int count = start.layout().length(index, elements);
    boolean compressed = form == Transport.BFLOAT16;
    if (inPlace(replica)) {
      Payload.InPlace values = Payload.InPlace.of(state.views(from, count));
      return compressed ? new Payload.ChangesInPlace(start.stored(index), values) : values;
    }
    float[] values = state.copy(from, count);
    return compressed
        ? new Payload.Changes(Slice.changes(start.slice(index, elements), values))
        : new Payload.Floats(values);
  }

  /** Data kept from round to round must not lie where the next round is trained. */
  private static boolean inPlace(Replica replica) {
    return !replica.averaging().keepsFiles();
  }

  private Tuple2<Long, Slice> failed(int worker, RuntimeException failure) {
    WorkerReport report =
        new WorkerReport(worker, TrainingSums.NONE, 0, 0, null, failure.getMessage());
    return new Tuple2<>(key(0, worker), new Slice(0, 0, Payload.NONE, List.of(report)));
  }

  /** Sorts by slice, then by worker. */
  private long key(int index, int worker) {
    return (long) index * place.workers() + worker;
  }
}
