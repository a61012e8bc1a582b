package io.spikeformer.train.spark.worker;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.train.DelayedMean;
import io.spikeformer.train.DivergenceException;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.spark.averaging.Correction;
import io.spikeformer.train.spark.averaging.FirstSlice;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.Payload;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
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
 * gives the outcome less what the mean of that state will replace, see {@link DelayedMean#take}.
 * The worker is the partition's index.
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
  private final DelayedMean rule;
  private final DelayedMean.Factors factors;

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
   * @param rule of the mean
   * @param factors of the round's steps
   */
  public DelayedTask(
      ReplicaSpec spec,
      SharedState start,
      WorkerTask.Place place,
      Before before,
      DelayedMean rule,
      DelayedMean.Factors factors) {
    this.spec = spec;
    this.start = start;
    this.place = place;
    this.before = before;
    this.rule = rule;
    this.factors = factors;
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
      return List.of(FirstSlice.failed(report)).iterator();
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
      StateParts kept =
          replica.keep(
              new Replica.Trained(worker, place.epoch(), place.round()),
              sums,
              new Replica.Late(rule, start.layout(), factors),
              place.shared());
      Iterator<Slice> slices = new Kept(loan, kept, report);
      TaskCompletionListener end = context -> loan.giveBack();
      TaskContext.get().addTaskCompletionListener(end);
      whole = true;
      return slices;
    } finally {
      if (!whole) {
        loan.discard();
      }
    }
  }

  /**
   * A replica's tensors, slice by slice, from where they lie, as Spark writes them to disk. With
   * the last one the replica is free: rounds that are trained again in one task must not take one
   * each.
   */
  private final class Kept implements Iterator<Slice> {
    private final ReplicaPool.Loan loan;
    private final StateParts kept;
    private final WorkerReport report;
    private final int count;
    private int next;

    Kept(ReplicaPool.Loan loan, StateParts kept, WorkerReport report) {
      this.loan = loan;
      this.kept = kept;
      this.report = report;
      this.count = start.layout().count(Math.toIntExact(kept.length()));
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
      int index = next;
      next++;
      int from = start.layout().from(index);
      int length = start.layout().length(index, Math.toIntExact(kept.length()));
      return new Slice(
          index,
          report.sums().samples(),
          Payload.InPlace.of(kept.views(from, length)),
          index == 0 ? List.of(report) : List.of());
    }
  }
}
