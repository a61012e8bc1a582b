package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two executors in processes of their own: what a task or an executor that fails changes. */
class LocalClusterTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  @TempDir private Path folder;

  @Test
  void aFailedTaskAndALostExecutorChangeNothing() throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 8);
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1", "averaging.frequency=1");
    SparkConf conf =
        SparkTests.conf("local-cluster[2,1,1024]")
            .set("spark.hadoop." + FlakyFileSystem.NOTES, folder.toString())
            .set(
                "spark.hadoop." + FlakyFileSystem.FAULTS,
                "open,.parquet,fail,1;open,.parquet,kill,1")
            .set("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName());
    Failures failures = new Failures();
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      spark.sc().addSparkListener(failures);
      Checkpoint calm = run(spark, recipe, train, "calm");
      Checkpoint disturbed = run(spark, recipe, "flaky://" + train, "disturbed");
      assertSameBits(disturbed, calm);
    }
    assertThat(failures.reasons).anyMatch(reason -> reason.contains("the disk is not ready"));
    assertThat(failures.reasons)
        .anyMatch(reason -> reason.contains(ExecutorLostFailure.class.getSimpleName()));
  }

  private Checkpoint run(JavaSparkContext spark, Recipe recipe, String train, String output) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    return new TrainingRun(spark, recipe, places, OPTIONS, Progress.SILENT).run().checkpoint();
  }

  private static void assertSameBits(Checkpoint found, Checkpoint expected) {
    assertThat(Arrays.mismatch(found.state(), expected.state())).isEqualTo(-1);
    for (int i = 0; i < 2; i++) {
      assertThat(Arrays.mismatch(found.moments().get(i), expected.moments().get(i))).isEqualTo(-1);
    }
  }

  /** Notes why tasks failed. */
  private static final class Failures extends SparkListener {
    private final Queue<String> reasons = new ConcurrentLinkedQueue<>();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.reason() instanceof TaskFailedReason reason) {
        reasons.add(reason.getClass().getSimpleName() + ": " + reason.toErrorString());
      }
    }
  }
}
