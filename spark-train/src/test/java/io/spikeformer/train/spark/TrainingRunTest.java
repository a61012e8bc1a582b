package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ImageTransform;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.tasks.classification.ClassTargets;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingLength;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
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
import org.junit.jupiter.api.Test;

/** What a training computes, tells and refuses. */
class TrainingRunTest extends TrainingLab {
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
    assertThat(plan.length().roundsOf(0)).isEqualTo(1);
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
  void aModelLargerThanTheMemoryIsRefusedBeforeAnythingIsWritten() {
    Recipe recipe = SmallSplit.recipe("model.timesteps=1000000");
    assertThatExceptionOfType(UserException.class)
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
  void aLossThatIsNotFiniteStopsWithRoundStepAndLastCheckpoint() throws IOException {
    Recipe recipe =
        SmallSplit.recipe("schedule.base-rate=1e38", "optimizer.name=sgd", "averaging.workers=1");
    assertThatExceptionOfType(UserException.class)
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

  /** Steps that no integers can express, before the loss shows them. */
  @Test
  void parametersThatAreNotFiniteNeverTravelAsIntegers() {
    Recipe recipe =
        SmallSplit.recipe(
            "schedule.base-rate=1e38",
            "schedule.warm-up-epochs=0",
            "optimizer.name=sgd",
            "averaging.transport=int8",
            "averaging.frequency=1");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> run(recipe, "diverged"))
        .withMessageMatching(
            "training stopped in epoch 1, round 1, worker [01]: expected parameters that change by"
                + " finite amounts in a round, found .*; last good checkpoint: none yet");
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
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () ->
                new TrainingRun(spark, SmallSplit.recipe(), places, OPTIONS, Progress.SILENT).run())
        .withMessageContaining("damaged shard")
        .withMessageContaining("last good checkpoint: none yet")
        .withMessageNotContaining("\n");
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
    assertThatExceptionOfType(UserException.class)
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
            "started " + new Progress.Plan(TrainingLength.of(8, 4, step -> 2), 2, 1, 0, 0),
            "1.1 step 2",
            "1.2 step 4",
            "epoch 1",
            "2.1 step 6",
            "2.2 step 8",
            "epoch 2");
  }

  @Test
  void tooManyWorkersForTheDataIsAOneLineError() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> run(SmallSplit.recipe("averaging.workers=9"), "few"))
        .withMessage(
            "training data: expected a shard or more for each of 9 workers, found 3 shards with"
                + " samples; lower averaging.workers or prepare the data in more shards");
    assertThatExceptionOfType(UserException.class)
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
        for (int round = 0; round < plan.length().roundsOf(epoch); round++) {
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
    try (BatchReader reader =
        new BatchReader(cache, samples, transform, ClassTargets::of, options)) {
      reader.forEachRemaining(batches::add);
    }
    trainer.train(epoch, batches.iterator());
  }
}
