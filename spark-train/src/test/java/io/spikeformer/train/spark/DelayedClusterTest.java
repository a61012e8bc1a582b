package io.spikeformer.train.spark;

import static io.spikeformer.train.spark.SameBits.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.JobFailed;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Means that come one round late, on two executors that have a core beside the training. */
class DelayedClusterTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  private static final Recipe RECIPE =
      SmallSplit.recipe(
          "averaging.frequency=2",
          "averaging.delay=1",
          "checkpoint.every-rounds=50",
          "schedule.epochs=2");

  @TempDir private Path folder;

  @Test
  void meansAreFormedBesideTheTrainingWithTheSameBits() throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 32);
    Checkpoint local = local(train);
    Observer observer = new Observer();
    try (JavaSparkContext spark = cluster(observer)) {
      assertSameBits(run(spark, RECIPE, train, "calm", Progress.SILENT), local);
    }
    assertThat(observer.ranTogether()).isTrue();
    assertThat(observer.failed).isEmpty();
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {ClusterWatch.STATES, ClusterWatch.MEAN})
  void aLostExecutorChangesNothing(String stage) throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 32);
    Checkpoint local = local(train);
    Observer observer = new Observer();
    try (JavaSparkContext spark = cluster(observer)) {
      Progress killer =
          new Progress() {
            @Override
            public void roundFinished(Round round) {
              if (round.epoch() == 2 && round.round() == 2) {
                observer.processes.putAll(Kill.processes(spark, 4));
                observer.killIn.set(stage);
              }
            }
          };
      assertSameBits(run(spark, RECIPE, train, "killed", killer), local);
    }
    assertThat(observer.killIn.get()).as("the stage in which one is killed").isNull();
  }

  private Checkpoint local(String train) {
    try (JavaSparkContext spark = new JavaSparkContext(SparkTests.conf("local[2]"))) {
      return run(spark, RECIPE, train, "local", Progress.SILENT);
    }
  }

  private static JavaSparkContext cluster(Observer observer) {
    SparkConf conf =
        SparkTests.conf("local-cluster[2,3,1024]")
            .set("spark.task.cpus", "2")
            .set("spark.executor.cores", "3");
    JavaSparkContext spark = new JavaSparkContext(conf);
    spark.sc().addSparkListener(observer);
    return spark;
  }

  private Checkpoint run(
      JavaSparkContext spark, Recipe recipe, String train, String output, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    return new TrainingRun(spark, recipe, places, OPTIONS, progress).run().checkpoint();
  }

  /** Notes when tasks ran, and kills an executor that begins one when told to. */
  private static final class Observer extends SparkListener {
    private final Map<Integer, String> stages = new ConcurrentHashMap<>();
    private final Map<String, Long> processes = new ConcurrentHashMap<>();
    private final AtomicReference<String> killIn = new AtomicReference<>();
    private final Queue<Ran> ran = new ConcurrentLinkedQueue<>();

    /** Jobs that Spark has given up. */
    private final Queue<Integer> failed = new ConcurrentLinkedQueue<>();

    /** Times of a task, in milliseconds. */
    private record Ran(String stage, long from, long to) {
      boolean is(String kind) {
        return stage.startsWith(kind);
      }
    }

    boolean ranTogether() {
      return ran.stream()
          .filter(task -> task.is(ClusterWatch.STATES))
          .anyMatch(
              training ->
                  ran.stream()
                      .filter(task -> task.is(ClusterWatch.MEAN))
                      .anyMatch(
                          mean -> mean.from() < training.to() && training.from() < mean.to()));
    }

    @Override
    public void onJobEnd(SparkListenerJobEnd end) {
      if (end.jobResult() instanceof JobFailed) {
        failed.add(end.jobId());
      }
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
      String made = submitted.stageInfo().rddInfos().head().name();
      stages.put(submitted.stageInfo().stageId(), String.valueOf(made));
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      String kind = killIn.get();
      Long process = processes.get(start.taskInfo().executorId());
      if (kind != null
          && process != null
          && stages.get(start.stageId()).startsWith(kind)
          && killIn.compareAndSet(kind, null)) {
        Kill.process(process);
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      ran.add(
          new Ran(
              stages.get(end.stageId()), end.taskInfo().launchTime(), end.taskInfo().finishTime()));
    }
  }
}
