package io.spikeformer.train.spark.cluster;

import io.spikeformer.common.UserException;
import io.spikeformer.train.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManagerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Watches the cluster of a training from the driver, in a thread of its own: tells who is waited
 * for and which executors are gone while no round ends. It cancels the jobs if there has been no
 * executor for a time.
 */
public final class ClusterWatch implements AutoCloseable {
  /** Name of the data set of a round's mean. */
  public static final String MEAN = "mean state";

  /** What the name of the data set of the workers' states begins with. */
  public static final String STATES = "states of ";

  /** Setting of Hadoop: milliseconds without any executor after which a training ends. */
  public static final String GONE = "spikeformer.cluster.gone-ms";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
  private static final int DEFAULT_GONE_MS = 600_000;
  private static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final SparkContext spark;
  private final ClusterState state;
  private final ClusterListener listener;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "cluster watch");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Progress progress;
  private volatile String gone;

  private ClusterWatch(SparkContext spark, ClusterState state, Progress progress) {
    this.spark = spark;
    this.state = state;
    this.listener = new ClusterListener(state);
    this.progress = progress;
  }

  /**
   * Begins to watch.
   *
   * @param progress is told
   */
  public static ClusterWatch start(JavaSparkContext spark, Progress progress) {
    ClusterState state = new ClusterState(() -> System.nanoTime() / 1_000_000, limits(spark));
    ClusterWatch watch = new ClusterWatch(spark.sc(), state, progress);
    spark.sc().addSparkListener(watch.listener);
    watch.addPresentExecutors();
    watch.timer.scheduleWithFixedDelay(watch::look, 1, 1, TimeUnit.SECONDS);
    return watch;
  }

  private static ClusterState.Limits limits(JavaSparkContext spark) {
    int goneAfter = spark.hadoopConfiguration().getInt(GONE, DEFAULT_GONE_MS);
    if (goneAfter < 1) {
      throw new UserException(
          "spark.hadoop.%s: expected milliseconds >= 1, found %d", GONE, goneAfter);
    }
    SparkConf conf = spark.getConf();
    long heartbeat =
        conf.getTimeAsMs("spark.executor.heartbeatInterval", DEFAULT_HEARTBEAT.toMillis() + "ms");
    return new ClusterState.Limits(
        Duration.ofMillis(2 * heartbeat).plus(SLACK),
        spark.isLocal() ? null : Duration.ofMillis(goneAfter));
  }

  private void addPresentExecutors() {
    for (BlockManagerId present :
        JavaConverters.asJavaCollection(
            spark.env().blockManager().master().getMemoryStatus().keys())) {
      if (!present.isDriver()) {
        state.executorAdded(present.executorId(), present.host());
      }
    }
  }

  /** Tells another listener from now on. */
  public void tell(Progress other) {
    progress = other;
  }

  /** Why the training must end, if there has been no executor for too long. */
  public Optional<String> gone() {
    return Optional.ofNullable(gone);
  }

  private void look() {
    try {
      ClusterState.Look look = state.look();
      look.news().forEach(progress::cluster);
      look.pulse().ifPresent(progress::pulse);
      look.gone().ifPresent(this::end);
    } catch (RuntimeException failure) {
      // a timer whose work fails once would never look again
      LOG.debug("a look at the cluster failed", failure);
    }
  }

  /** Again with every look: the driver may have begun another job in the meantime. */
  private void end(String reason) {
    if (gone == null) {
      gone = reason + "; master " + spark.master();
    }
    spark.cancelAllJobs();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    // what has happened since the last look
    state.look().news().forEach(progress::cluster);
    if (!spark.isStopped()) {
      spark.removeSparkListener(listener);
    }
  }
}
