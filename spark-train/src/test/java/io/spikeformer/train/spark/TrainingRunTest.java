package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.data.Batch;
import io.spikeformer.data.BatchReader;
import io.spikeformer.data.ImageTransform;
import io.spikeformer.data.ReadOptions;
import io.spikeformer.data.SampleRef;
import io.spikeformer.data.ShardCache;
import io.spikeformer.data.ShardSet;
import io.spikeformer.model.ModelException;
import io.spikeformer.model.ParameterLayout;
import io.spikeformer.model.ParameterLayout.Kind;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.kernel.KernelProvider;
import io.spikeformer.train.EpochMetrics;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.OutputFolder;
import io.spikeformer.train.Progress;
import io.spikeformer.train.Recipe;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;
  private static String validation;

  @BeforeAll
  static void start() throws IOException {
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
    train = SmallSplit.write(data.resolve("train"), 3, 11);
    validation = SmallSplit.write(data.resolve("validation"), 1, 9);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void oneWorkerIsLocalTrainingBitForBit() {
    Recipe recipe = SmallSplit.recipe("averaging.workers=1", "averaging.frequency=3");
    float[] distributed = values(run(recipe, "one"));
    assertSameBits(distributed, localTraining(recipe));
  }

  @Test
  void twoWorkersAreTheMeanOfTwoLocalTrainings() {
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1", "averaging.frequency=9");
    EpochPlan plan = new EpochPlan(recipe, new int[] {11, 11, 11});
    assertThat(plan.rounds()).isEqualTo(1);
    assertThat(plan.steps()).isEqualTo(4);
    float[] first = roundOf(recipe, plan, 0);
    float[] second = roundOf(recipe, plan, 1);
    float[] mean = new float[first.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) ((16.0 * first[i] + 16.0 * second[i]) / 32);
    }
    assertThat(first).isNotEqualTo(second);
    assertSameBits(values(run(recipe, "two")), mean);
  }

  @Test
  void aRunThatWasKilledAndResumedEndsWithTheSameBits() throws IOException {
    Recipe recipe = SmallSplit.recipe();
    TrainingResult whole = run(recipe, "whole");
    Killer killer = new Killer(2, 1);
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "killed", OPTIONS, killer).run());
    assertThat(folder.resolve("killed/model.spkf")).doesNotExist();
    Path unfinished = folder.resolve("killed/checkpoints/.unfinished-epoch-00001.spkf-1");
    Files.write(unfinished, new byte[100]);
    TrainingResult resumed = training(recipe, "killed", OPTIONS.resuming(), Progress.SILENT).run();

    assertThat(unfinished).doesNotExist();
    assertSameBits(values(resumed), values(whole));
    assertThat(resumed.checkpoint().position().step())
        .isEqualTo(whole.checkpoint().position().step())
        .isEqualTo(8);
    List<EpochMetrics> expected = metrics("whole");
    List<EpochMetrics> found = metrics("killed");
    assertThat(found).extracting(EpochMetrics::epoch).containsExactly(1, 2);
    for (int i = 0; i < 2; i++) {
      assertThat(found.get(i).trainLoss()).isEqualTo(expected.get(i).trainLoss());
      assertThat(found.get(i).trainAccuracy()).isEqualTo(expected.get(i).trainAccuracy());
      assertThat(found.get(i).validation()).isEqualTo(expected.get(i).validation());
    }
  }

  @Test
  void aRunThatIsResumedWithRecomputationEndsWithTheSameBits() {
    TrainingResult whole = run(SmallSplit.recipe("model.timesteps=2"), "kept");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(
            () ->
                training(SmallSplit.recipe("model.timesteps=2"), "again", OPTIONS, new Killer(1, 2))
                    .run());
    Recipe other = SmallSplit.recipe("model.timesteps=2", "recompute=block");
    TrainingResult resumed = training(other, "again", OPTIONS.resuming(), Progress.SILENT).run();
    assertThat(resumed.checkpoint().position().round()).isZero();
    assertThat(resumed.checkpoint().recipe()).contains("recompute: block");
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void aModelLargerThanTheMemoryIsRefusedBeforeAnythingIsWritten() {
    Recipe recipe = SmallSplit.recipe("model.timesteps=1000000");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(recipe, "large"))
        .withMessageMatching(
            "memory: training tiny, T = 1000000, batch 4, 16x16, float32 needs \\d+\\.\\d\\d GB outside"
                + " the heap for each of 2 replicas \\(activations .*, parameters and optimizer .*,"
                + " scratch .*, validation .*\\), and .* GB are left beside the heap of .* GB:"
                + " choose a smaller batch, recompute: block, precision: bfloat16 or fewer replicas"
                + " at once");
    assertThat(folder.resolve("large")).doesNotExist();
  }

  @Test
  void aDamagedNewestCheckpointIsReportedAndTheOneBeforeIsUsed() throws IOException {
    Recipe recipe = SmallSplit.recipe();
    TrainingResult whole = run(recipe, "whole");
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "damaged", OPTIONS, new Killer(2, 2)).run());
    Path newest = folder.resolve("damaged/checkpoints/epoch-00001-round-000001.spkf");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 4;
    Files.write(newest, bytes);

    List<String> warnings = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    TrainingResult resumed = training(recipe, "damaged", OPTIONS.resuming(), listener).run();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("epoch-00001-round-000001.spkf is damaged: expected checksum")
        .endsWith("using the one before, epoch-00001-round-000000.spkf");
    assertSameBits(values(resumed), values(whole));
  }

  @Test
  void aLossThatIsNotFiniteStopsWithRoundStepAndLastCheckpoint() throws IOException {
    Recipe recipe =
        SmallSplit.recipe("schedule.base-rate=1e38", "optimizer.name=sgd", "averaging.workers=1");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(recipe, "diverged"))
        .withMessageMatching(
            "training stopped in epoch 1, round 2, worker 0: step 3: expected a finite"
                + " (loss|gradient), found .*; last good checkpoint: file:.*"
                + "epoch-00000-round-000001.spkf");
    try (Stream<Path> files = Files.walk(folder.resolve("diverged"))) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "recipe.yaml",
              "metrics.jsonl",
              "rounds.jsonl",
              "events.out.tfevents",
              "status.html",
              "epoch-00000-round-000001.spkf");
    }
  }

  @Test
  void damagedTrainingDataStopsWithOneLine() throws IOException {
    Path copy = Path.of(SmallSplit.write(folder.resolve("bad"), 3, 11));
    Path shard;
    try (Stream<Path> files = Files.list(copy)) {
      shard = files.filter(f -> f.toString().endsWith(".parquet")).sorted().findFirst().get();
    }
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    TrainingPlaces places = new TrainingPlaces(copy.toString(), null, path("bad-out"));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(
            () ->
                new TrainingRun(spark, SmallSplit.recipe(), places, OPTIONS, Progress.SILENT).run())
        .withMessageContaining("damaged shard")
        .withMessageContaining("last good checkpoint: none yet")
        .withMessageNotContaining("\n");
  }

  @Test
  void resumingWithAnotherRecipeOrOtherDataSaysWhatDiffers() throws IOException {
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1");
    run(recipe, "out");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(recipe, "out"))
        .withMessageContaining("expected a folder without checkpoints, found 2; use --resume");
    Recipe other = SmallSplit.recipe("schedule.epochs=1", "optimizer.weight-decay=0.5");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> training(other, "out", OPTIONS.resuming(), Progress.SILENT))
        .withMessageStartingWith("resume: the recipe of checkpoint ")
        .withMessageContaining("differs: optimizer.weight-decay: null, now 0.5; train into");
    TrainingPlaces elsewhere =
        new TrainingPlaces(SmallSplit.write(folder.resolve("new"), 2, 16), null, path("out"));
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(
            () -> new TrainingRun(spark, recipe, elsewhere, OPTIONS.resuming(), Progress.SILENT))
        .withMessageContaining("resume: the training data of checkpoint")
        .withMessageContaining("33 samples in 3 shards")
        .withMessageContaining("now 32 samples in 2 shards");
  }

  @Test
  void finetunesAtMoreTimestepsFromATrainedFolder() {
    TrainingResult first = run(SmallSplit.recipe("schedule.epochs=1"), "first");
    Recipe more =
        SmallSplit.recipe(
            "model.timesteps=2",
            "schedule.epochs=1",
            "schedule.warm-up-epochs=0",
            "schedule.base-rate=1e-30",
            "schedule.min-rate=0",
            "optimizer.weight-decay=0",
            "initialise-from=" + path("first"));
    TrainingResult second = run(more, "second");
    assertThat(second.checkpoint().config().timesteps()).isEqualTo(2);
    assertThat(second.checkpoint().position().step()).isEqualTo(4);
    float[] after = second.checkpoint().state();
    assertThat(changedKinds(more, first.checkpoint().state(), after))
        .as("at so low a rate")
        .containsExactly(Kind.STATISTIC);
    Checkpoint model = OutputFolder.load(path("second"), new Configuration(), message -> {});
    assertThat(model.moments()).isEmpty();
    assertSameBits(model.state(), after);
    Recipe wider = SmallSplit.recipe("initialise-from=" + path("first"), "model.sdsa=2");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(wider, "third"))
        .withMessageEndingWith(
            "expected the recipe's architecture, found another: attention: SDSA_3, now SDSA_2");
  }

  @Test
  void keepsTheNewestCheckpointsAndNoShuffleFiles() throws IOException {
    run(SmallSplit.recipe("checkpoint.keep=2"), "kept");
    try (Stream<Path> files = Files.list(folder.resolve("kept/checkpoints"))) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted())
          .containsExactly("epoch-00001-round-000001.spkf", "epoch-00002-round-000000.spkf");
    }
    List<String> left = new ArrayList<>();
    SparkEnv.get()
        .blockManager()
        .diskBlockManager()
        .getAllBlocks()
        .foreach(block -> left.add(block.name()));
    assertThat(left).noneMatch(name -> name.startsWith("shuffle_"));
  }

  @Test
  void tellsTheListenerOfEveryRound() {
    List<String> told = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void started(Plan plan) {
            told.add("started " + plan);
          }

          @Override
          public void roundFinished(Round round) {
            assertThat(round.metrics().imagesPerSecond()).isPositive();
            assertThat(round.metrics().loss()).isPositive();
            told.add(
                round.epoch() + "." + round.round() + " step " + round.metrics().place().step());
          }

          @Override
          public void epochFinished(EpochMetrics metrics) {
            assertThat(metrics.validation().samples()).isEqualTo(9);
            told.add("epoch " + metrics.epoch());
          }
        };
    training(SmallSplit.recipe(), "told", OPTIONS, listener).run();
    assertThat(told)
        .containsExactly(
            "started " + new Progress.Plan(2, 2, 4, 2, 1, 0, 0),
            "1.1 step 2",
            "1.2 step 4",
            "epoch 1",
            "2.1 step 6",
            "2.2 step 8",
            "epoch 2");
  }

  @Test
  void tooManyWorkersForTheDataIsAOneLineError() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(SmallSplit.recipe("averaging.workers=9"), "few"))
        .withMessage(
            "training data: expected a shard or more for each of 9 workers, found 3 shards with"
                + " samples; lower averaging.workers or prepare the data in more shards");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> run(SmallSplit.recipe("model.classes=4"), "few"))
        .withMessageEndingWith("found 4; set model.classes=3");
  }

  private static Set<Kind> changedKinds(Recipe recipe, float[] before, float[] after) {
    Set<Kind> changed = EnumSet.noneOf(Kind.class);
    try (LocalTrainer trainer = trainer(recipe, new EpochPlan(recipe, new int[] {11, 11, 11}))) {
      for (ParameterLayout.Entry entry : trainer.layout().entries()) {
        int from = (int) entry.offset();
        int to = from + (int) entry.length();
        if (!Arrays.equals(before, from, to, after, from, to)) {
          changed.add(entry.kind());
        }
      }
    }
    return changed;
  }

  /** The whole training as a plain loop over whole epochs. */
  private static float[] localTraining(Recipe recipe) {
    EpochPlan plan = new EpochPlan(recipe, new int[] {11, 11, 11});
    try (LocalTrainer trainer = trainer(recipe, plan)) {
      for (int epoch = 0; epoch < recipe.schedule().epochs(); epoch++) {
        for (int round = 0; round < plan.rounds(); round++) {
          read(recipe, plan.samples(0, epoch, round), epoch, trainer);
        }
      }
      assertThat(trainer.state().step()).isEqualTo(16);
      return trainer.state().values();
    }
  }

  private static float[] roundOf(Recipe recipe, EpochPlan plan, int worker) {
    try (LocalTrainer trainer = trainer(recipe, plan)) {
      read(recipe, plan.samples(worker, 0, 0), 0, trainer);
      return trainer.state().values();
    }
  }

  private static LocalTrainer trainer(Recipe recipe, EpochPlan plan) {
    return new LocalTrainer(
        recipe,
        recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep()),
        KernelProvider.create("auto", 1));
  }

  private static void read(
      Recipe recipe, List<SampleRef> samples, int epoch, LocalTrainer trainer) {
    ShardCache cache =
        new ShardCache(ShardSet.open(train, new Configuration()), ShardCache.DEFAULT_BYTES);
    ReadOptions options = ReadOptions.of(recipe.data().batchSize(), recipe.seed(), epoch);
    ImageTransform transform = new ImageTransform(recipe.data().trainingTransform());
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader = new BatchReader(cache, samples, transform, options)) {
      reader.forEachRemaining(batches::add);
    }
    trainer.train(batches.iterator());
  }

  private TrainingResult run(Recipe recipe, String output) {
    return training(recipe, output, OPTIONS, Progress.SILENT).run();
  }

  private TrainingRun training(
      Recipe recipe, String output, TrainingOptions options, Progress progress) {
    return new TrainingRun(
        spark, recipe, new TrainingPlaces(train, validation, path(output)), options, progress);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private List<EpochMetrics> metrics(String output) throws IOException {
    return Files.readAllLines(folder.resolve(output).resolve("metrics.jsonl")).stream()
        .map(EpochMetrics::fromJson)
        .toList();
  }

  private static float[] values(TrainingResult result) {
    Checkpoint checkpoint = result.checkpoint();
    int length = checkpoint.state().length;
    float[] all = Arrays.copyOf(checkpoint.state(), 3 * length);
    System.arraycopy(checkpoint.moments().get(0), 0, all, length, length);
    System.arraycopy(checkpoint.moments().get(1), 0, all, 2 * length, length);
    return new TrainingState(0, all).values();
  }

  private static void assertSameBits(float[] found, float[] expected) {
    assertThat(Arrays.mismatch(found, expected)).as("first different value").isEqualTo(-1);
  }

  /** Ends a run as a lost driver would: between a round and its checkpoint. */
  private record Killer(int epoch, int round) implements Progress {
    @Override
    public void roundFinished(Round finished) {
      if (finished.epoch() == epoch && finished.round() == round) {
        throw new Killed();
      }
    }
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
