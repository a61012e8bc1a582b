package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Training and validation of two workers on two cores, seen from the operating system. */
@EnabledIf("listsThreads")
class TaskThreadsTest {
  private static final int CORES = 2;

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static String train;
  private static String validation;

  static boolean listsThreads() {
    return Files.isDirectory(ThreadSampler.THREADS);
  }

  @BeforeAll
  static void write() throws IOException {
    train = SmallSplit.write(data.resolve("train"), 2, 24);
    validation = SmallSplit.write(data.resolve("validation"), 2, 8);
  }

  /** What was seen while tasks had a number of threads. */
  private record Observation(List<Integer> announced, ThreadSampler threads) {
    void requireAsManyThreadsAsCores() {
      assertThat(threads.runnableIn(0.01)).isGreaterThanOrEqualTo(CORES);
      assertThat(threads.runnableIn(0.1)).isLessThanOrEqualTo(CORES);
    }
  }

  private Observation train(int taskCores) {
    SparkConf conf =
        SparkTests.conf("local[" + CORES + "]").set("spark.task.cpus", Integer.toString(taskCores));
    List<Integer> announced = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void started(Plan plan) {
            announced.add(plan.threads());
          }
        };
    try (JavaSparkContext spark = new JavaSparkContext(conf);
        ThreadSampler threads = new ThreadSampler()) {
      new TrainingRun(
              spark,
              SmallSplit.recipe(
                  "model.widths=[32,64,64,64]", "data.batch-size=8", "schedule.epochs=1"),
              new TrainingPlaces(train, validation, folder.toString()),
              new TrainingOptions(TrainingOptions.Start.FRESH, "fast", 0, 1),
              listener)
          .run();
      return new Observation(announced, threads);
    }
  }

  @Test
  void aTaskOfOneCoreComputesOnItsOwnThreadAlone() {
    Observation seen = train(1);

    assertThat(seen.announced()).containsExactly(1);
    assertThat(seen.threads().kernelThreads()).isEmpty();
    assertThat(seen.threads().nativeThreads()).isEmpty();
    seen.requireAsManyThreadsAsCores();
  }

  @Test
  void aTaskOfTwoCoresComputesOnItsOwnThreadAndOneMore() {
    Observation seen = train(2);

    assertThat(seen.announced()).containsExactly(2);
    assertThat(seen.threads().kernelThreads()).containsExactly("kernels-1");
    assertThat(seen.threads().nativeThreads()).isEmpty();
    seen.requireAsManyThreadsAsCores();
  }
}
