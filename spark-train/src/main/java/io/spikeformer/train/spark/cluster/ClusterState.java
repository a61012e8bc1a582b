package io.spikeformer.train.spark.cluster;

import io.spikeformer.common.Text;
import io.spikeformer.train.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Executors, tasks and jobs as far as the events of Spark tell, and the words for the user about
 * them. Events and the timer come from different threads.
 */
final class ClusterState {
  private static final Duration FIRST_PULSE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_PULSES = Duration.ofSeconds(5);
  private static final double LONGER_THAN_USUAL = 1.5;
  private static final int NAMED = 3;

  private final LongSupplier clock;
  private final Limits limits;
  private final Map<String, Executor> executors = new TreeMap<>();
  private final Map<Long, Task> tasks = new TreeMap<>();
  private final Map<Integer, Kind> stages = new TreeMap<>();
  private final List<String> news = new ArrayList<>();

  /** Jobs that run, with what they do, in the order of their beginning. */
  private final Map<Integer, String> jobs = new LinkedHashMap<>();

  private String work = "";
  private long workSince;
  private long lastPulse;
  private long usual;
  private long emptySince;
  private boolean lost;

  /**
   * Limits of patience.
   *
   * @param silent after which an executor that sent no heartbeat is named
   * @param gone after which a cluster without executors counts as gone; null where there are none
   */
  record Limits(Duration silent, Duration gone) {}

  /** Tasks of a stage, in words. */
  enum Kind {
    WORKER("worker"),
    MEAN("the mean of part"),
    OTHER("task");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  private record Task(Kind kind, int partition, String executor, String host) {
    String text() {
      return Text.format("%s %d on %s", kind.word, partition, host);
    }
  }

  private static final class Executor {
    private final String host;
    private long heard;
    private boolean silent;

    Executor(String host, long heard) {
      this.host = host;
      this.heard = heard;
    }
  }

  /**
   * What a look at the clock brings.
   *
   * @param news about executors, in order
   * @param pulse a sign of life of the present work, if it is time for one
   * @param gone why the training is to end, if the cluster is gone
   */
  record Look(List<String> news, Optional<Progress.Pulse> pulse, Optional<String> gone) {}

  /**
   * A cluster without executors.
   *
   * @param clock milliseconds
   */
  ClusterState(LongSupplier clock, Limits limits) {
    this.clock = clock;
    this.limits = limits;
    this.emptySince = clock.getAsLong();
    this.workSince = emptySince;
    this.lastPulse = emptySince;
  }

  /** The first of the jobs that run is the present work; others run beside it. */
  synchronized void jobStarted(int started, String description) {
    // behind the colon stands how much of it there is
    String text = description.replaceFirst(": .*", "");
    jobs.put(started, text);
    if (jobs.size() == 1) {
      begin(text);
    }
  }

  synchronized void jobEnded(int ended) {
    boolean present = !jobs.isEmpty() && jobs.keySet().iterator().next() == ended;
    if (jobs.remove(ended) == null || !present) {
      return;
    }
    if (isRound()) {
      usual = clock.getAsLong() - workSince;
    }
    if (jobs.isEmpty()) {
      tasks.clear();
      stages.clear();
      begin("after " + work);
    } else {
      begin(jobs.values().iterator().next());
    }
  }

  private void begin(String newWork) {
    work = newWork;
    workSince = clock.getAsLong();
    lastPulse = workSince;
  }

  private boolean isRound() {
    return work.startsWith("epoch ");
  }

  synchronized void stageSubmitted(int stage, Kind kind) {
    stages.put(stage, kind);
  }

  synchronized void taskStarted(int stage, long task, int partition, String executor, String host) {
    Kind kind = stages.getOrDefault(stage, Kind.OTHER);
    tasks.put(task, new Task(kind, partition, executor, host));
  }

  synchronized void taskEnded(long task) {
    tasks.remove(task);
  }

  synchronized void executorAdded(String executor, String host) {
    Executor added = new Executor(host, clock.getAsLong());
    if (executors.putIfAbsent(executor, added) == null && lost) {
      news.add(Text.format("executor %s on %s has come", executor, host));
    }
  }

  /** An executor is lost, or was given back. */
  synchronized void executorRemoved(String executor, String reason) {
    Executor removed = executors.remove(executor);
    if (removed == null) {
      return;
    }
    lost = true;
    tasks.values().removeIf(task -> task.executor().equals(executor));
    news.add(
        Text.format(
            "executor %s on %s is gone%s (%s)",
            executor,
            removed.host,
            jobs.isEmpty() ? "" : "; its work runs again",
            reason.lines().findFirst().orElse("no reason given")));
    if (executors.isEmpty()) {
      emptySince = clock.getAsLong();
    }
  }

  /** An executor has sent a heartbeat. */
  synchronized void heard(String name) {
    Executor executor = executors.get(name);
    if (executor == null) {
      return;
    }
    long now = clock.getAsLong();
    if (executor.silent) {
      long seconds = (now - executor.heard) / 1000;
      news.add(
          Text.format("executor %s on %s is heard again after %d s", name, executor.host, seconds));
    }
    executor.heard = now;
    executor.silent = false;
  }

  /** Looks at the clock; about once a second. */
  synchronized Look look() {
    long now = clock.getAsLong();
    executors.forEach((name, executor) -> noteSilence(name, executor, now));
    List<String> told = List.copyOf(news);
    news.clear();
    return new Look(told, pulse(now), gone(now));
  }

  private void noteSilence(String name, Executor executor, long now) {
    if (!executor.silent && now - executor.heard > limits.silent().toMillis()) {
      executor.silent = true;
      news.add(
          Text.format(
              "executor %s on %s has sent no sign of life for %d s",
              name, executor.host, (now - executor.heard) / 1000));
    }
  }

  private Optional<Progress.Pulse> pulse(long now) {
    long elapsed = now - workSince;
    if (elapsed < FIRST_PULSE.toMillis() || now - lastPulse < BETWEEN_PULSES.toMillis()) {
      return Optional.empty();
    }
    lastPulse = now;
    Progress.Pace pace =
        isRound() && elapsed < LONGER_THAN_USUAL * usual
            ? Progress.Pace.USUAL
            : Progress.Pace.LONGER;
    return Optional.of(new Progress.Pulse(work, Duration.ofMillis(elapsed), waitingFor(now), pace));
  }

  private String waitingFor(long now) {
    if (isEmpty()) {
      return Text.format(
          "waiting for an executor; there has been none for %d s", (now - emptySince) / 1000);
    }
    if (jobs.isEmpty()) {
      return "the driver is at work";
    }
    // a task may run twice
    Map<String, Task> byPartition = new LinkedHashMap<>();
    tasks.values().stream()
        .sorted(Comparator.comparing(Task::kind).thenComparing(Task::partition))
        .forEach(task -> byPartition.putIfAbsent(task.kind() + " " + task.partition(), task));
    if (byPartition.isEmpty()) {
      return "waiting for a free core";
    }
    List<Task> waited = new ArrayList<>(byPartition.values());
    // those that show no sign of life come first
    waited.sort(Comparator.comparing(task -> !isSilent(task)));
    List<String> named = waited.stream().limit(NAMED).map(this::text).toList();
    int more = waited.size() - named.size();
    return "waiting for " + String.join(", ", named) + (more > 0 ? " and " + more + " more" : "");
  }

  private boolean isSilent(Task task) {
    Executor executor = executors.get(task.executor());
    return executor != null && executor.silent;
  }

  private String text(Task task) {
    return task.text() + (isSilent(task) ? " (no sign of life)" : "");
  }

  /** Whether there is a cluster and nothing of it. */
  private boolean isEmpty() {
    return limits.gone() != null && executors.isEmpty();
  }

  /**
   * An executor that is silent counts as none: a standalone cluster whose master is gone too never
   * takes the last ones from Spark's list.
   */
  private Optional<String> gone(long now) {
    long since =
        executors.values().stream().mapToLong(executor -> executor.heard).max().orElse(emptySince);
    boolean answered = executors.values().stream().anyMatch(executor -> !executor.silent);
    if (limits.gone() == null || answered || now - since < limits.gone().toMillis()) {
      return Optional.empty();
    }
    return Optional.of(
        Text.format(
            "expected an executor of the cluster, found none for %d s (%s)",
            (now - since) / 1000, lost || !executors.isEmpty() ? "all are lost" : "none has come"));
  }
}
