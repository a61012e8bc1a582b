package io.spikeformer.train.spark.worker;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.train.DivergenceException;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.spark.averaging.Correction;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.Payload;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import io.spikeformer.train.spark.averaging.TrainedPair;
import io.spikeformer.train.spark.averaging.WorkerReport;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A worker's part of a round where means come one round late: trains on from its own state, and
 * gives that and the outcome as {@link TrainedPair}s. The worker is the partition's index.
 *
 * <p>A pure function of (own state, epoch, round, worker).
 */
public final class DelayedTask implements FlatMapFunction<Iterator<Slice>, Slice> {
  /** Local property of jobs whose tasks run beside the training: these do not train themselves. */
  public static final String BESIDE = "spikeformer.beside-training";

  private static final long serialVersionUID = 1L;

  private final ReplicaSpec spec;
  private final SharedState start;
  private final WorkerTask.Place place;
  private final Before before;

  /**
   * The round before, which a replica may still hold as it was trained.
   *
   * @param epoch from 0
   * @param round of the epoch, from 0
   * @param correction makes the state that the worker goes on with
   */
  public record Before(int epoch, int round, Correction correction) implements Serializable {
    Replica.Trained of(int worker) {
      return new Replica.Trained(worker, epoch, round);
    }
  }

  /**
   * A worker's part of a round.
   *
   * @param start the state that workers begin the training with
   * @param before null where the workers' states are whole
   */
  public DelayedTask(ReplicaSpec spec, SharedState start, WorkerTask.Place place, Before before) {
    this.spec = spec;
    this.start = start;
    this.place = place;
    this.before = before;
  }

  @Override
  public Iterator<Slice> call(Iterator<Slice> own) {
    int worker = TaskContext.getPartitionId();
    if (TaskContext.get().getLocalProperty(BESIDE) != null) {
      // a second replica would take memory that nobody has asked for
      throw new MissingSliceException(
          Text.format("worker %s: its state is lost, and trained again first", worker));
    }
    try {
      return train(own, worker);
    } catch (MissingSliceException lost) {
      throw lost;
    } catch (UserException | IllegalArgumentException failure) {
      if (!(failure instanceof DivergenceException) && place.mayBeTriedAgain()) {
        throw failure;
      }
      WorkerReport report =
          new WorkerReport(worker, TrainingSums.NONE, 0, 0, null, failure.getMessage());
      TrainedPair failed = TrainedPair.failed(report);
      return List.of(failed.sent(), failed.trained()).iterator();
    }
  }

  private Iterator<Slice> train(Iterator<Slice> own, int worker) {
    Replica.Trained wanted = before == null ? null : before.of(worker);
    ReplicaPool.Loan loan = ReplicaPool.ofThisJvm().lend(spec, replica -> replica.holds(wanted));
    boolean whole = false;
    try {
      Replica replica = loan.replica();
      if (replica.holds(wanted)) {
        replica.goOn(before.correction(), place);
      } else {
        replica.loadOwn(own, start, place, worker);
      }
      long began = System.nanoTime();
      TrainingSums sums = replica.train(worker, place.epoch(), place.round());
      double seconds = (System.nanoTime() - began) / 1e9;
      WorkerReport report =
          new WorkerReport(worker, sums, seconds, replica.dataSeconds(), replica.executor(), "");
      replica.keep(new Replica.Trained(worker, place.epoch(), place.round()), sums);
      Iterator<Slice> pairs = new Pairs(loan, report);
      TaskCompletionListener end = context -> loan.giveBack();
      TaskContext.get().addTaskCompletionListener(end);
      whole = true;
      return pairs;
    } finally {
      if (!whole) {
        loan.discard();
      }
    }
  }

  /**
   * Copies of a replica's tensors, slice by slice, as Spark writes them to disk. With the last one
   * the replica is free: rounds that are trained again in one task must not take one each.
   */
  private final class Pairs implements Iterator<Slice> {
    private final ReplicaPool.Loan loan;
    private final WorkerReport report;
    private final StateParts sent;
    private final StateParts trained;
    private final int count;
    private int next;

    Pairs(ReplicaPool.Loan loan, WorkerReport report) {
      this.loan = loan;
      this.report = report;
      this.sent = loan.replica().sent(place.shared());
      this.trained = loan.replica().all();
      this.count = 2 * layout().count(Math.toIntExact(trained.length()));
    }

    private SliceLayout layout() {
      return start.layout();
    }

    @Override
    public boolean hasNext() {
      if (next == count) {
        loan.giveBack();
      }
      return next < count;
    }

    @Override
    public Slice next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int index = next / 2;
      boolean first = next % 2 == 0;
      next++;
      if (first) {
        return new Slice(index, 0, values(sent, index), List.of());
      }
      List<WorkerReport> reports = index == 0 ? List.of(report) : List.of();
      return new Slice(index, report.sums().samples(), values(trained, index), reports);
    }

    private Payload values(StateParts state, int index) {
      int length = layout().length(index, Math.toIntExact(state.length()));
      return length == 0
          ? Payload.NONE
          : new Payload.Floats(state.copy(layout().from(index), length));
    }
  }
}
