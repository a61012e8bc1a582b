package io.spikeformer.train.spark;

import static io.spikeformer.train.spark.SameBits.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.spark.FetchFailed;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three executors in processes of their own, with speculation: no fault changes a bit. */
@Tag("slow")
class ClusterFaultsTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static LoopbackCluster cluster;
  private static JavaSparkContext spark;
  private static String train;

  @BeforeAll
  static void start() throws IOException {
    train = SmallSplit.write(data.resolve("train"), 3, 8);
    cluster = new LoopbackCluster(3, 1, 1024, data.resolve("workers"));
    spark =
        new JavaSparkContext(
            SparkTests.conf(cluster.master())
                .set("spark.local.dir", data.resolve("local").toString())
                .set("spark.speculation", "true")
                .set("spark.speculation.interval", "200ms")
                .set("spark.speculation.quantile", "0.5")
                .set("spark.speculation.minTaskRuntime", "3s")
                .set("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName())
                .set("spark.hadoop.fs.flaky.impl.disable.cache", "true"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
    cluster.close();
  }

  @ParameterizedTest
  @CsvSource({"average, float32", "local, float32", "local, int4"})
  void noFaultChangesABit(String moments, String transport) {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.workers=3",
            "averaging.frequency=1",
            "averaging.elastic=true",
            "averaging.moments=" + moments,
            "averaging.transport=" + transport,
            "checkpoint.every-rounds=" + (moments.equals("local") ? 50 : 0),
            "schedule.epochs=4");
    Checkpoint calm = run(recipe, train, "calm", Progress.SILENT);
    Observer observer = new Observer();
    spark.sc().addSparkListener(observer);
    try {
      executorKilledInARound(recipe, observer, calm);
      straggler(recipe, observer, calm);
      lostShuffleFiles(recipe, observer, calm);
      executorsRemovedAndAdded(recipe, calm);
    } finally {
      spark.sc().removeSparkListener(observer);
    }
  }

  private void executorKilledInARound(Recipe recipe, Observer observer, Checkpoint calm) {
    observer.processes.putAll(Kill.processes(spark, 6));
    Checkpoint found = run(recipe, train, "killed", after(2, 1, () -> observer.kill.set(true)));
    assertSameBits(found, calm);
    assertThat(observer.reasons).anyMatch(reason -> reason.startsWith("ExecutorLostFailure"));
  }

  private void straggler(Recipe recipe, Observer observer, Checkpoint calm) {
    spark.hadoopConfiguration().set(FlakyFileSystem.NOTES, folder.toString());
    spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "open,.parquet,wait,1");
    assertSameBits(run(recipe, "flaky://" + train, "slow", Progress.SILENT), calm);
    assertThat(folder.resolve("0-wait-1")).exists();
    assertThat(observer.speculative).isTrue();
  }

  private void lostShuffleFiles(Recipe recipe, Observer observer, Checkpoint calm) {
    observer.lose.set(true);
    assertSameBits(run(recipe, train, "lost", Progress.SILENT), calm);
    assertThat(observer.reasons).anyMatch(reason -> reason.startsWith("FetchFailed"));
  }

  private void executorsRemovedAndAdded(Recipe recipe, Checkpoint calm) {
    Progress progress =
        new Progress() {
          @Override
          public void roundFinished(Round round) {
            if (round.epoch() == 2 && round.round() == 1) {
              List<String> executors = List.copyOf(Kill.processes(spark, 6).keySet());
              assertThat(executors).hasSizeGreaterThan(1);
              executors.stream().skip(1).forEach(spark.sc()::killExecutor);
            } else if (round.epoch() == 3 && round.round() == 1) {
              assertThat(Kill.processes(spark, 6)).hasSize(1);
              spark.sc().requestExecutors(2);
            }
          }
        };
    assertSameBits(run(recipe, train, "elastic", progress), calm);
  }

  private static Progress after(int epoch, int round, Runnable action) {
    return new Progress() {
      @Override
      public void roundFinished(Round finished) {
        if (finished.epoch() == epoch && finished.round() == round) {
          action.run();
        }
      }
    };
  }

  private Checkpoint run(Recipe recipe, String split, String output, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(split, null, folder.resolve(output).toString());
    return new TrainingRun(spark, recipe, places, OPTIONS, progress).run().checkpoint();
  }

  /** Notes why tasks failed, kills executors and deletes shuffle files when told to. */
  private static final class Observer extends SparkListener {
    private final Queue<String> reasons = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> processes = new ConcurrentHashMap<>();
    private final AtomicBoolean kill = new AtomicBoolean();
    private final AtomicBoolean lose = new AtomicBoolean();
    private final AtomicBoolean speculative = new AtomicBoolean();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      Long process = processes.get(start.taskInfo().executorId());
      if (process != null && kill.compareAndSet(true, false)) {
        Kill.process(process);
      }
      if (start.taskInfo().speculative()) {
        speculative.set(true);
      }
    }

    /** Again after every stage until one of them comes before the files are read. */
    @Override
    public void onStageCompleted(SparkListenerStageCompleted completed) {
      if (lose.get()) {
        try (Stream<Path> files = Files.walk(data.resolve("local"))) {
          files
              .filter(file -> file.getFileName().toString().matches("shuffle_.*\\.(data|index)"))
              .limit(2)
              .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException vanished) {
          // executors tidy up at the same time
        }
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.reason() instanceof TaskFailedReason reason) {
        reasons.add(reason.getClass().getSimpleName() + ": " + reason.toErrorString());
        if (reason instanceof FetchFailed) {
          lose.set(false);
        }
      }
    }
  }
}
