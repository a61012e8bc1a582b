package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.train.Progress;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.watch.EventReader;
import io.spikeformer.train.watch.PlainStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedTrainingTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);
  private static final String REFRESH = "http-equiv=\"refresh\"";

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;
  private static String validation;

  @BeforeAll
  static void start() throws IOException {
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
    PlainStore.configure(spark.hadoopConfiguration());
    train = SmallSplit.write(data.resolve("train"), 3, 11);
    validation = SmallSplit.write(data.resolve("validation"), 1, 9);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Killed in an epoch after a checkpoint: the round is told twice and written once. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "store"})
  void roundsAndEventsAreThoseOfAnUndisturbedTraining(String scheme) throws IOException {
    Recipe recipe = SmallSplit.recipe("optimizer.name=lamb", "averaging.frequency=1");
    training(recipe, scheme, "whole", OPTIONS, Progress.SILENT).run();
    Progress killer =
        new Progress() {
          @Override
          public void roundFinished(Round round) {
            if (round.epoch() == 2 && round.round() == 3) {
              throw new IllegalStateException("killed here");
            }
          }
        };
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> training(recipe, scheme, "killed", OPTIONS, killer).run());
    assertThat(page("killed")).contains("Stopped: killed here").doesNotContain(REFRESH);
    training(recipe, scheme, "killed", OPTIONS.resuming(), Progress.SILENT).run();

    List<RoundMetrics> whole = rounds("whole");
    List<RoundMetrics> resumed = rounds("killed");
    assertThat(whole)
        .extracting(r -> r.place().step())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(resumed)
        .extracting(WatchedTrainingTest::withoutTime)
        .isEqualTo(whole.stream().map(WatchedTrainingTest::withoutTime).toList());
    assertThat(events("killed"))
        .extracting(WatchedTrainingTest::withoutTime)
        .isEqualTo(events("whole").stream().map(WatchedTrainingTest::withoutTime).toList());
    boolean appended = scheme.equals("file");
    assertThat(Files.exists(folder.resolve("killed/rounds.jsonl"))).isEqualTo(appended);
    assertThat(Files.exists(folder.resolve("killed/rounds-000000000005.jsonl")))
        .isNotEqualTo(appended);
  }

  @Test
  void tellsWhatTheRoundsMeasured() throws IOException {
    Recipe recipe =
        SmallSplit.recipe(
            "optimizer.name=lamb", "watch.silent-below=0.9", "watch.saturated-above=0.91");
    List<String> warnings = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    training(recipe, "file", "out", OPTIONS, listener).run();
    List<RoundMetrics> rounds = rounds("out");
    List<EpochMetrics> epochs =
        Files.readAllLines(folder.resolve("out/metrics.jsonl")).stream()
            .map(EpochMetrics::fromJson)
            .toList();
    assertThat((rounds.get(0).loss() * 16 + rounds.get(1).loss() * 16) / 32)
        .isCloseTo(epochs.get(0).trainLoss(), org.assertj.core.api.Assertions.within(1e-12));
    RoundMetrics last = rounds.get(3);
    assertThat(last.samples()).isEqualTo(16);
    assertThat(last.gradientNorm().mean())
        .isPositive()
        .isLessThanOrEqualTo(last.gradientNorm().max());
    assertThat(last.trustRatio().blocks()).containsKeys("stage1.downsample1", "head");
    assertThat(last.trustRatio().min()).isPositive();
    assertThat(last.trustRatio().max()).isLessThanOrEqualTo(1);
    assertThat(last.firingRate()).hasSizeGreaterThan(5);
    assertThat(last.firingRate().values())
        .allMatch(rate -> rate >= 0 && rate <= 1)
        .anyMatch(rate -> rate > 0);
    assertThat(last.seconds().compute()).isPositive();
    assertThat(last.seconds().data()).isPositive();
    assertThat(last.seconds().averaging()).isPositive();
    assertThat(last.seconds().checkpoint()).isPositive();

    assertThat(warnings)
        .isNotEmpty()
        .allMatch(text -> text.contains(" is silent since epoch 1, round 1"));
    String page = page("out");
    assertThat(page)
        .contains(
            "Finished: ",
            "100.0 % Training of tiny",
            "watch.silent-below = 0.9",
            "epoch-00002-round-000000.spkf")
        .doesNotContain(REFRESH)
        .doesNotContain("<script")
        .doesNotContain("NaN");
    EventReader.Event event = events("out").get(1);
    assertThat(event.step()).isEqualTo(2);
    assertThat(event.scalars().get("train/loss")).isEqualTo((float) rounds.get(0).loss());
    assertThat(event.scalars())
        .containsKeys(
            "train/accuracy",
            "train/learning_rate",
            "train/gradient_norm",
            "trust_ratio/min",
            "trust_ratio/head",
            "firing_rate/stage3.block1",
            "speed/images_per_second",
            "time/compute",
            "time/data",
            "time/averaging",
            "time/checkpoint");
    assertThat(events("out").get(3).scalars().get("validation/top1"))
        .isEqualTo((float) epochs.get(0).validation().primary().value());
  }

  @Test
  void theFiringOfTwoWorkersIsTheirSum() throws IOException {
    training(
            SmallSplit.recipe("schedule.epochs=1", "optimizer.name=sgd"),
            "file",
            "sgd",
            OPTIONS,
            Progress.SILENT)
        .run();
    training(
            SmallSplit.recipe("schedule.epochs=1", "optimizer.name=sgd", "recompute=block"),
            "file",
            "again",
            OPTIONS,
            Progress.SILENT)
        .run();
    assertThat(rounds("again"))
        .extracting(RoundMetrics::firingRate)
        .isEqualTo(rounds("sgd").stream().map(RoundMetrics::firingRate).toList());
    assertThat(rounds("sgd").get(0).trustRatio()).isNull();
  }

  @Test
  void sparksPageNamesEveryJob() throws TimeoutException {
    List<String> names = Collections.synchronizedList(new ArrayList<>());
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            names.add(
                job.properties().getProperty("spark.jobGroup.id")
                    + ": "
                    + job.properties().getProperty("spark.job.description"));
          }
        };
    spark.sc().addSparkListener(listener);
    training(SmallSplit.recipe("schedule.epochs=1"), "file", "named", OPTIONS, Progress.SILENT)
        .run();
    spark.sc().listenerBus().waitUntilEmpty(10_000);
    spark.sc().removeSparkListener(listener);
    assertThat(names)
        .containsExactly(
            "memory: memory of the executors for 2 replicas",
            "training: epoch 1 round 1: train 2 workers",
            "training: epoch 1 round 2: train 2 workers",
            "training: validation after epoch 1: evaluate 9 samples of " + location(validation));
    assertThat(spark.getLocalProperty("spark.job.description")).isNull();
  }

  private static String location(String path) {
    return io.spikeformer.data.shard.ShardSet.open(path, spark.hadoopConfiguration()).location();
  }

  private static RoundMetrics withoutTime(RoundMetrics round) {
    return new RoundMetrics(
        round.place(),
        round.samples(),
        round.loss(),
        round.losses(),
        round.figure(),
        round.learningRate(),
        round.gradientNorm(),
        round.trustRatio(),
        round.firingRate(),
        round.silent(),
        round.saturated(),
        0,
        new RoundMetrics.Seconds(0, 0, 0, 0));
  }

  private static String withoutTime(EventReader.Event event) {
    event.scalars().keySet().removeIf(tag -> tag.startsWith("time/") || tag.startsWith("speed/"));
    return event.step() + event.version() + event.scalars();
  }

  private TrainingRun training(
      Recipe recipe, String scheme, String output, TrainingOptions options, Progress progress) {
    String target = scheme + ":" + folder.resolve(output);
    return new TrainingRun(
        spark, recipe, new TrainingPlaces(train, validation, target), options, progress);
  }

  private List<RoundMetrics> rounds(String output) throws IOException {
    List<RoundMetrics> rounds = new ArrayList<>();
    for (Path file : files(output, "rounds")) {
      Files.readAllLines(file).forEach(line -> rounds.add(RoundMetrics.fromJson(line)));
    }
    return rounds;
  }

  /** Events of all files; later files' versions are left out. */
  private List<EventReader.Event> events(String output) throws IOException {
    List<EventReader.Event> events = new ArrayList<>();
    for (Path file : files(output, "events.out.tfevents")) {
      List<EventReader.Event> read = EventReader.read(Files.readAllBytes(file));
      assertThat(read.get(0).version()).isEqualTo("brain.Event:2");
      events.addAll(events.isEmpty() ? read : read.subList(1, read.size()));
    }
    return events;
  }

  private List<Path> files(String output, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(output))) {
      return files.filter(f -> f.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  private String page(String output) throws IOException {
    return Files.readString(folder.resolve(output).resolve("status.html"));
  }
}
