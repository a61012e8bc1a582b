package io.spikeformer.train.spark;

import static io.spikeformer.train.spark.SameBits.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.eval.spark.MemoryPreflight;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.cluster.ClusterWatch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.commons.io.FileUtils;
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

  private static final String CLASSES = "spark.executor.extraClassPath";

  @TempDir private Path folder;
  private final Queue<String> news = new ConcurrentLinkedQueue<>();

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
      assertThat(news).noneMatch(line -> line.contains("is gone"));
      Checkpoint disturbed = run(spark, recipe, "flaky://" + train, "disturbed");
      assertSameBits(disturbed, calm);
    }
    assertThat(news)
        .anyMatch(line -> line.matches("executor \\d on .* is gone; its work runs again .*"));
    assertThat(folder.resolve("disturbed/cluster.jsonl"))
        .content()
        .containsPattern(
            "\"step\":\\d+,\"text\":\"executor \\d on .* is gone; its work runs again");
    assertThat(folder.resolve("disturbed/status.html"))
        .content()
        .contains("is gone; its work runs again");
    assertThat(failures.reasons).anyMatch(reason -> reason.contains("the disk is not ready"));
    assertThat(failures.reasons)
        .anyMatch(reason -> reason.contains(ExecutorLostFailure.class.getSimpleName()));
  }

  @Test
  void aClusterThatGivesNoExecutorEndsTheTrainingInOneLine() throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 8);
    SparkConf conf =
        SparkTests.conf("local-cluster[1,1,1024]")
            .set("spark.executor.cores", "2")
            .set("spark.hadoop." + ClusterWatch.GONE, "3000");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> run(spark, SmallSplit.recipe("schedule.epochs=1"), train, "none"))
          .withMessageMatching(
              "the training has not begun: expected an executor of the cluster, found none for \\d s"
                  + " \\(none has come\\); master local-cluster\\[1,1,1024\\]; expected executors"
                  + " with .* of memory and 2 core\\(s\\); look whether .*");
    }
  }

  @Test
  void executorsOfAnotherBuildAreRefusedBeforeTheyTrain() throws IOException, URISyntaxException {
    Path here =
        Path.of(MemoryPreflight.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path other = withOneClassMore(here);
    String train = SmallSplit.write(folder.resolve("train"), 2, 8);
    SparkConf conf = SparkTests.conf("local-cluster[1,1,1024]");
    String classes = conf.get(CLASSES);
    conf.set(CLASSES, classes.replace(here.toString(), other.toString()));
    assertThat(conf.get(CLASSES)).isNotEqualTo(classes);
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> run(spark, SmallSplit.recipe("schedule.epochs=1"), train, "other"))
          .withMessageMatching(
              "executor on \\S+: expected build [0-9a-f]{12} as on the driver, found [0-9a-f]{12};"
                  + " give every executor the driver's jar");
    }
    assertThat(folder.resolve("other/recipe.yaml")).doesNotExist();
  }

  /** A copy of a folder or jar of classes. */
  private Path withOneClassMore(Path classes) throws IOException {
    Path copy = folder.resolve(classes.getFileName());
    String added = "io/spikeformer/eval/Older.class";
    if (Files.isDirectory(classes)) {
      FileUtils.copyDirectory(classes.toFile(), copy.toFile());
      Files.write(copy.resolve(added), new byte[] {1});
    } else {
      Files.copy(classes, copy);
      try (FileSystem jar = FileSystems.newFileSystem(copy)) {
        Files.write(jar.getPath(added), new byte[] {1});
      }
    }
    return copy;
  }

  private Checkpoint run(JavaSparkContext spark, Recipe recipe, String train, String output) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    Progress listener =
        new Progress() {
          @Override
          public void cluster(String message) {
            news.add(message);
          }
        };
    return new TrainingRun(spark, recipe, places, OPTIONS, listener).run().checkpoint();
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
