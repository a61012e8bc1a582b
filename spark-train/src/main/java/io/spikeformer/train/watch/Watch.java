package io.spikeformer.train.watch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.FiringLimits;
import io.spikeformer.train.Progress;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;

/**
 * Makes a training observable while it runs: {@code rounds.jsonl}, a TensorBoard event file, {@code
 * status.html} in the output folder, and alarms about layers that fall silent or saturate. It only
 * looks at what the rounds report, so that it has no influence on the result; and it passes
 * everything on to another listener.
 *
 * <p>The page is written again after a pause even where no round has ended, until the watch is
 * closed. So an older page is that of a process that has ended.
 */
public final class Watch implements Progress, AutoCloseable {
  /** Name of the lines of rounds. */
  static final Journal.Name ROUNDS = new Journal.Name("rounds", ".jsonl");

  /** Name of the event file; TensorBoard takes every file whose name contains tfevents. */
  static final Journal.Name EVENTS = new Journal.Name("events.out.tfevents", "");

  /** Name of the lines about executors and long rounds. */
  static final Journal.Name CLUSTER = new Journal.Name("cluster", ".jsonl");

  private static final String STATUS = "status.html";
  private static final Duration OFTEN = Duration.ofSeconds(10);
  private static final Duration SELDOM = Duration.ofSeconds(60);

  private final Storage storage;
  private final Path folder;
  private final Progress next;
  private final long startStep;
  private final Journal rounds;
  private final Journal events;
  private final ClusterJournal cluster;
  private final FiringAlarms alarms;
  private final StatusPage page;
  private final EventRecords records = new EventRecords();
  private final Duration pause;
  private final ScheduledExecutorService heartbeat;
  private long lastPage;
  private boolean pageFailed;

  /**
   * Watches a training.
   *
   * @param output the training's folder
   * @param storage reaches it
   * @param recipe the training's recipe
   * @param start where it begins or continues
   * @param facts what the page says of this run
   * @param next is told everything as well, and of the alarms
   */
  public Watch(
      OutputFolder output,
      Storage storage,
      Recipe recipe,
      StartingPoint start,
      RunFacts facts,
      Progress next) {
    this.storage = storage;
    this.folder = output.path();
    this.next = next;
    this.startStep = start.position().step();
    this.rounds = new Journal(storage, folder, ROUNDS, Lines.ofRounds(), next::warning);
    this.events = new Journal(storage, folder, EVENTS, records, next::warning);
    this.cluster =
        new ClusterJournal(
            new Journal(storage, folder, CLUSTER, Lines.ofCluster(), next::warning), startStep);
    this.alarms = new FiringAlarms(FiringLimits.of(recipe));
    this.pause = rounds.appends() ? OFTEN : SELDOM;
    this.page = new StatusPage(recipe, folder.toString(), facts, start.file(), alarms, pause);
    start.history().forEach(page::epoch);
    this.heartbeat =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "status page");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public synchronized void started(Plan plan) {
    page.plan(plan);
    rounds.open(
        startStep,
        line -> {
          RoundMetrics round = Lines.decode(line);
          alarms.update(round);
          page.past(round);
        });
    events.open(startStep, event -> {});
    writePage();
    heartbeat.scheduleWithFixedDelay(
        this::beat, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    next.started(plan);
  }

  private synchronized void beat() {
    if (!heartbeat.isShutdown() && isPageDue()) {
      writePage();
    }
  }

  private boolean isPageDue() {
    return System.nanoTime() - lastPage > pause.toNanos();
  }

  /** Ends what writes the page while no round ends. */
  @Override
  public synchronized void close() {
    heartbeat.shutdown();
  }

  @Override
  public synchronized void roundFinished(Round round) {
    RoundMetrics metrics = round.metrics();
    rounds.add(Lines.encode(metrics));
    events.add(records.scalars(metrics.place().step(), Scalars.of(metrics)));
    page.round(round);
    cluster.roundFinished(metrics.place().step());
    List<FiringAlarms.Event> changes = alarms.update(metrics);
    for (FiringAlarms.Event change : changes) {
      if (change.begins()) {
        next.warning(change.text());
      } else {
        next.note(change.text());
      }
    }
    if (!changes.isEmpty() || isPageDue()) {
      writePage();
    }
    next.roundFinished(round);
  }

  @Override
  public synchronized void epochMeasured(EpochMetrics metrics) {
    events.add(records.scalars(metrics.step(), Scalars.of(metrics)));
    page.epoch(metrics);
    next.epochMeasured(metrics);
  }

  @Override
  public synchronized void checkpointBegins(long step) {
    rounds.checkpoint(step);
    events.checkpoint(step);
    cluster.checkpoint(step);
    next.checkpointBegins(step);
  }

  @Override
  public synchronized void checkpointWritten(Saved checkpoint) {
    page.checkpoint(checkpoint);
    if (isPageDue()) {
      writePage();
    }
    next.checkpointWritten(checkpoint);
  }

  @Override
  public synchronized void epochFinished(EpochMetrics metrics) {
    writePage();
    next.epochFinished(metrics);
  }

  @Override
  public synchronized void finished(Saved model) {
    close();
    page.finished(model);
    writePage();
    next.finished(model);
  }

  /** The training ends before its time. */
  public synchronized void stopped(Throwable failure) {
    close();
    String type = failure.getClass().getSimpleName();
    String message = failure.getMessage();
    // "Java heap space" alone says too little
    page.stopped(
        message == null ? type : failure instanceof Error ? type + ": " + message : message);
    writePage();
  }

  @Override
  public synchronized void pulse(Pulse pulse) {
    page.pulse(pulse);
    cluster.pulse(pulse);
    next.pulse(pulse);
  }

  @Override
  public synchronized void cluster(String message) {
    cluster.news(message);
    page.news(message);
    writePage();
    next.cluster(message);
  }

  @Override
  public void note(String message) {
    next.note(message);
  }

  @Override
  public void warning(String message) {
    next.warning(message);
  }

  /** A page that cannot be written is reported once; the training goes on. */
  private void writePage() {
    lastPage = System.nanoTime();
    try {
      storage.writeText(new Path(folder, STATUS), page.render());
      pageFailed = false;
    } catch (UserException failure) {
      if (!pageFailed) {
        next.warning(failure.getMessage() + "; will be tried again");
      }
      pageFailed = true;
    }
  }
}
