package io.spikeformer.train.spark;

import static io.spikeformer.train.spark.SameBits.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.StorageRetries;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A storage that fails while it is read or written, for a moment or for good. */
class StorageFaultsTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);
  private static final Recipe RECIPE = SmallSplit.recipe("averaging.frequency=1");
  private static final int ATTEMPTS = 4;

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;
  private static Checkpoint calm;
  private final List<String> warnings = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    spark =
        new JavaSparkContext(
            SparkTests.conf("local[2]")
                .set("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName())
                .set("spark.hadoop.fs.flaky.impl.disable.cache", "true")
                .set("spark.hadoop." + StorageRetries.ATTEMPTS, "" + ATTEMPTS)
                .set("spark.hadoop." + StorageRetries.FIRST_PAUSE, "1"));
    train = SmallSplit.write(data.resolve("train"), 2, 12);
    TrainingPlaces places = new TrainingPlaces(train, null, data.resolve("calm").toString());
    calm = new TrainingRun(spark, RECIPE, places, OPTIONS, Progress.SILENT).run().checkpoint();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void noteFaults() {
    spark.hadoopConfiguration().set(FlakyFileSystem.NOTES, folder.toString());
    spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "");
  }

  @ParameterizedTest
  @CsvSource({"fail, the disk is not ready", "full, No space left on device"})
  void aFaultThatPassesChangesNothing(String fault, String reason) {
    Checkpoint found = run(Text.format("create,epoch-00001-round-000001,%s,2", fault));
    assertSameBits(found, calm);
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .contains("cannot write", reason, "; attempt 1 of 4, again in 0.0 s");
    assertThat(warnings.get(1)).contains("; attempt 2 of 4");
  }

  @ParameterizedTest
  @CsvSource({"fail, the disk is not ready", "full, No space left on device"})
  void aFaultThatStaysStopsAndTheLastGoodCheckpointGoesOn(String fault, String reason)
      throws IOException {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> run(Text.format("create,epoch-00001-round-000001,%s,99", fault)))
        .withMessageMatching(
            "training stopped after epoch 2, round 1: cannot write flaky:.*"
                + reason
                + ".*, tried 4 times; last good checkpoint: flaky:.*epoch-00001-round-000000.spkf;"
                + " make room or mend the storage, then continue with --resume")
        .withMessageNotContaining("\n");
    assertThat(names()).allMatch(name -> name.matches("epoch-0000[01]-round-00000\\d.spkf"));
    assertThat(names()).doesNotContain("epoch-00001-round-000001.spkf");
    assertThat(folder.resolve("out/_lock.json")).doesNotExist();
    spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "");
    assertSameBits(training(OPTIONS.resuming()).run().checkpoint(), calm);
  }

  @Test
  void metricsAndTheFinishedModelAreTriedAgainToo() {
    assertSameBits(run("create,metrics,fail,1;create,model,full,1;create,recipe,fail,1"), calm);
    assertThat(warnings).hasSize(3);
  }

  @Test
  void aLockThatCannotBeReadBeforeACheckpointIsTriedAgain() {
    Progress listener =
        new Progress() {
          @Override
          public void roundFinished(Round round) {
            spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "open,_lock.json,fail,2");
          }

          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    assertSameBits(training(OPTIONS, listener).run().checkpoint(), calm);
    assertThat(warnings).hasSize(2).allMatch(line -> line.contains("_lock.json: the disk is not"));
  }

  @Test
  void tasksThatFailEveryTimeStopTheTrainingAndThePageSaysSo() throws IOException {
    Progress killer =
        afterRound(
            2,
            () -> {
              throw new IllegalStateException("killed here");
            });
    assertThatIllegalStateException().isThrownBy(() -> training(OPTIONS, killer).run());
    spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "open,.parquet,break,99");
    TrainingPlaces places = new TrainingPlaces("flaky://" + train, null, out());
    TrainingRun resumed =
        new TrainingRun(spark, RECIPE, places, OPTIONS.resuming(), Progress.SILENT);
    String place = "in epoch 1, round 2: Job aborted due to stage failure: .*IllegalStateException";
    assertGivenUp(resumed, place + ": nobody", "epoch-00000-round-000001.spkf");
  }

  @ParameterizedTest
  @CsvSource({
    "break, Job aborted due to stage failure: .*IllegalStateException: nobody",
    "fail, cannot read flaky:.* the disk is not ready .IOException.",
  })
  void aValidationThatFailsEveryTimeStopsTheTrainingAndThePageSaysSo(String fault, String reason)
      throws IOException {
    spark
        .hadoopConfiguration()
        .set(FlakyFileSystem.FAULTS, Text.format("open,.parquet,%s,99", fault));
    TrainingPlaces places = new TrainingPlaces(train, "flaky://" + train, out());
    TrainingRun training = new TrainingRun(spark, RECIPE, places, OPTIONS, Progress.SILENT);
    assertGivenUp(training, "after epoch 1, round 3: " + reason, "epoch-00000-round-000002.spkf");
  }

  @Test
  void anErrorOfTheVirtualMachineIsOnThePageAndGoesOn() throws IOException {
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    Progress failing =
        afterRound(
            1,
            () -> {
              throw error;
            });
    assertThatThrownBy(() -> training(OPTIONS, failing).run()).isSameAs(error);
    assertThat(page())
        .contains("Stopped: OutOfMemoryError: Java heap space")
        .doesNotContain("Running, ");
  }

  private void assertGivenUp(TrainingRun training, String why, String checkpoint)
      throws IOException {
    String message =
        "training stopped "
            + why
            + "; last good checkpoint: flaky:.*"
            + checkpoint
            + "; continue with --resume";
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(training::run)
        .withMessageMatching(message)
        .withCauseInstanceOf(SparkException.class);
    assertThat(page()).containsPattern("Stopped: " + message).doesNotContain("Running, ");
  }

  private static Progress afterRound(int round, Runnable action) {
    return new Progress() {
      @Override
      public void roundFinished(Round finished) {
        if (finished.round() == round) {
          action.run();
        }
      }
    };
  }

  private Checkpoint run(String faults) {
    spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, faults);
    return training(OPTIONS).run().checkpoint();
  }

  private TrainingRun training(TrainingOptions options) {
    Progress listener =
        new Progress() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    return training(options, listener);
  }

  private TrainingRun training(TrainingOptions options, Progress listener) {
    return new TrainingRun(
        spark, RECIPE, new TrainingPlaces(train, null, out()), options, listener);
  }

  private String out() {
    return "flaky://" + folder.resolve("out");
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("out/status.html"));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out/checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  static void assertSameBits(Checkpoint found, Checkpoint expected) {
    assertThat(Arrays.mismatch(found.state(), expected.state())).isEqualTo(-1);
    for (int i = 0; i < expected.moments().size(); i++) {
      assertThat(Arrays.mismatch(found.moments().get(i), expected.moments().get(i))).isEqualTo(-1);
    }
  }
}
