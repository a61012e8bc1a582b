package io.spikeformer.train.spark.worker;

import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.train.recipe.Recipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The replicas and the cached data of a JVM, kept from round to round: building them costs more
 * than a short round.
 *
 * <p>This is the one static holder of the project: Spark gives tasks no other place that outlives
 * them. The kept replicas have no influence on results, since a replica loads its whole state at
 * the beginning of every task. A run's replicas are closed at its end on the driver's JVM, and on
 * executors when the next run begins or the executor ends. Thread-safe.
 */
public final class ReplicaPool {
  private static final ReplicaPool OF_THIS_JVM = new ReplicaPool();

  private final Map<String, Run> runs = new HashMap<>();
  private final Set<String> ended = new HashSet<>();

  /** The replicas and data that a run keeps in this JVM. */
  private static final class Run {
    private final Recipe recipe;
    private final ShardCache cache;
    private final Deque<Replica> idle = new ArrayDeque<>();

    Run(ReplicaSpec spec) {
      ReplicaSpec.BUILD.require(spec.build());
      recipe = Recipe.fromYaml(spec.recipe());
      cache =
          new ShardCache(
              ShardSet.open(spec.data(), spec.hadoop().value().value()), ShardCache.DEFAULT_BYTES);
    }
  }

  private ReplicaPool() {}

  public static ReplicaPool ofThisJvm() {
    return OF_THIS_JVM;
  }

  /** Lends a replica. */
  Loan lend(ReplicaSpec spec) {
    return lend(spec, replica -> false);
  }

  /** Lends a replica, one that is preferred if it is idle. */
  Loan lend(ReplicaSpec spec, Predicate<Replica> preferred) {
    return new Loan(spec.run(), borrow(spec, preferred));
  }

  /** A replica that is the borrower's until it is returned. */
  final class Loan {
    private final String run;
    private final Replica replica;
    private boolean over;

    private Loan(String run, Replica replica) {
      this.run = run;
      this.replica = replica;
    }

    Replica replica() {
      return replica;
    }

    /** Gives it back for others to use; the first end of a loan counts. */
    void giveBack() {
      if (!over && !ReplicaPool.this.giveBack(run, replica)) {
        replica.close();
      }
      over = true;
    }

    /** Closes it, since it has failed. */
    void discard() {
      if (!over) {
        replica.close();
      }
      over = true;
    }
  }

  /** Closes what a run keeps in this JVM; replicas at work are closed when they come back. */
  public void end(String run) {
    List<Replica> idle = new ArrayList<>();
    synchronized (this) {
      ended.add(run);
      remove(run, idle);
    }
    idle.forEach(Replica::close);
  }

  private Replica borrow(ReplicaSpec spec, Predicate<Replica> preferred) {
    List<Replica> stale = new ArrayList<>();
    Run run;
    Replica replica;
    synchronized (this) {
      for (String other : List.copyOf(runs.keySet())) {
        if (!other.equals(spec.run())) {
          remove(other, stale);
        }
      }
      run = runs.computeIfAbsent(spec.run(), unused -> new Run(spec));
      Optional<Replica> found = run.idle.stream().filter(preferred).findFirst();
      found.ifPresent(run.idle::remove);
      replica = found.orElseGet(run.idle::poll);
    }
    stale.forEach(Replica::close);
    return replica == null ? new Replica(run.recipe, run.cache, spec) : replica;
  }

  private synchronized boolean giveBack(String run, Replica replica) {
    Run known = runs.get(run);
    if (known == null || ended.contains(run)) {
      return false;
    }
    known.idle.push(replica);
    return true;
  }

  private void remove(String run, List<Replica> idle) {
    Run removed = runs.remove(run);
    if (removed != null) {
      idle.addAll(removed.idle);
    }
  }
}
