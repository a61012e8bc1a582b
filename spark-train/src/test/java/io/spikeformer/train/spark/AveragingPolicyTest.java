package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the policies of averaging mean, against plain loops over local training. */
class AveragingPolicyTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);
  private static final int[] ROWS = {11, 11, 11};

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;

  @BeforeAll
  static void start() throws IOException {
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
    train = SmallSplit.write(data.resolve("train"), 3, 11);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "averaging.moments=reset",
        "averaging.moments=local",
        "averaging.transport=bfloat16",
        "averaging.transport=int4",
        "averaging.outer.momentum=0.6",
        "averaging.outer.rate=0.9"
      })
  void oneWorkerIsLocalTrainingUnderThePolicy(String policy) {
    Recipe recipe = SmallSplit.recipe("averaging.workers=1", "averaging.frequency=3", policy);
    assertSameBits(run(recipe, train, "one").state(), PlainRounds.train(recipe, train, ROWS));
  }

  @Test
  void workersKeepTheirMomentsAndShareTheRest() {
    Recipe recipe = SmallSplit.recipe("averaging.moments=local", "averaging.frequency=1");
    Checkpoint found = run(recipe, train, "kept");
    assertThat(found.moments()).isEmpty();
    assertSameBits(found.state(), PlainRounds.train(recipe, train, ROWS));
  }

  /**
   * Rounds end with no moment averaged, the first, or both. Epsilon is large since the mean of the
   * first moment meets second moments of 0, which divide it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16", "int4"})
  void workersKeepAMomentUntilItIsAveragedAlsoWhenKilledAndResumed(String transport) {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.intervals.first-moment=2",
            "averaging.intervals.second-moment=4",
            "averaging.transport=" + transport,
            "averaging.frequency=1",
            "optimizer.epsilon=0.01",
            "checkpoint.every-rounds=2");
    float[] expected = PlainRounds.train(recipe, train, ROWS);
    Checkpoint whole = requireSameBitsWhenKilled(recipe, 3);
    assertSameBits(whole.state(), expected);
  }

  @Test
  void bfloat16TravelsAsDifferences() {
    Recipe plain = SmallSplit.recipe("averaging.frequency=1", "schedule.epochs=1");
    Recipe halves =
        SmallSplit.recipe(
            "averaging.frequency=1", "schedule.epochs=1", "averaging.transport=bfloat16");
    float[] expected = PlainRounds.train(halves, train, ROWS);
    assertSameBits(run(halves, train, "halves").state(), expected);
    assertThat(run(plain, train, "plain").state()).isNotEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "int8, average, 0.5",
    "int4, average, 0",
    "int4, reset, 0.5",
    "int4, local, 0.5",
    "int8, local, 0"
  })
  void integersTravelAsDifferencesBothWaysAlsoWhenKilledAndResumed(
      String transport, String moments, String momentum) {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.transport=" + transport,
            "averaging.moments=" + moments,
            "averaging.outer.momentum=" + momentum,
            "averaging.frequency=1",
            "checkpoint.every-rounds=2");
    float[] expected = PlainRounds.train(recipe, train, ROWS);
    Checkpoint whole = requireSameBitsWhenKilled(recipe, 3);
    assertSameBits(whole.state(), expected);
  }

  /** A loss of ln 3 is chance; all data is seen 8 times, in 32 rounds. */
  @Test
  @Tag("slow")
  void integersLearnAsFloatsDo() {
    double floats = lossAfterTraining("float32");
    assertThat(floats).isLessThan(0.8 * Math.log(3));
    for (String transport : List.of("int8", "int4")) {
      assertThat(lossAfterTraining(transport)).isLessThan(1.2 * floats);
    }
  }

  private double lossAfterTraining(String transport) {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.transport=" + transport,
            "averaging.moments=local",
            "averaging.frequency=1",
            "model.widths=[32, 32, 64, 64]",
            "data.training.crop=none",
            "schedule.base-rate=0.01",
            "schedule.epochs=8");
    List<EpochMetrics> history =
        training(recipe, train, transport, OPTIONS, Progress.SILENT).run().history();
    return history.get(history.size() - 1).trainLoss();
  }

  /** Shares of 16 and 17 samples in minibatches of 16: the second round is one worker's alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "averaging.moments=average",
        "averaging.moments=local",
        "averaging.transport=bfloat16",
        "averaging.transport=int4"
      })
  void aWorkerWhoseShareIsUsedUpDoesNotCount(String policy) {
    Recipe recipe =
        SmallSplit.recipe(
            "data.batch-size=16", "data.drop-last=false", "averaging.frequency=1", policy);
    EpochPlan plan = new EpochPlan(recipe, ROWS);
    assertThat(List.of(plan.samples(0, 0, 1).size(), plan.samples(1, 0, 1).size())).contains(0, 1);
    assertSameBits(run(recipe, train, "uneven").state(), PlainRounds.train(recipe, train, ROWS));
  }

  /**
   * Both workers see the same images, with other labels. Batch normalisation then has the same
   * statistics in each minibatch and in both together, so that the gradient of both together is the
   * mean of the gradients. Running variances are left out: they are estimates that count samples.
   */
  @ParameterizedTest
  @ValueSource(strings = {"averaging.moments=average", "averaging.moments=local"})
  void synchronousWorkersAreOneWithTheCombinedBatch(String policy) throws IOException {
    String twins = SmallSplit.writeTwins(folder.resolve("twins"), 2, 8);
    String[] common = {
      "optimizer.name=sgd",
      "optimizer.momentum=0",
      "schedule.epochs=1",
      "schedule.warm-up-epochs=0",
      "schedule.base-rate=0.05",
      "data.training.crop=none",
      "data.training.horizontal-flip=0",
      "averaging.frequency=1",
      policy
    };
    Recipe two = SmallSplit.recipe(with(common, "averaging.workers=2", "data.batch-size=8"));
    Recipe one = SmallSplit.recipe(with(common, "averaging.workers=1", "data.batch-size=16"));
    float[] start = initial(one);
    float[] found = run(two, twins, "two").state();
    float[] expected = run(one, twins, "one").state();
    try (LocalTrainer trainer = PlainTraining.trainer(one, new int[] {8, 8})) {
      Map<String, Double> changes = new HashMap<>();
      Map<String, Double> errors = new HashMap<>();
      for (Entry entry : trainer.layout().entries()) {
        if (!entry.kind().trainable()) {
          continue;
        }
        // together with the weights: a bias in front of a BN has no gradient but their rounding
        String layer = entry.name().substring(0, entry.name().lastIndexOf('.'));
        for (int i = (int) entry.offset(); i < entry.offset() + entry.length(); i++) {
          changes.merge(layer, (double) Math.abs(expected[i] - start[i]), Math::max);
          errors.merge(layer, (double) Math.abs(expected[i] - found[i]), Math::max);
        }
      }
      assertThat(changes.values()).as("layers that learned").anyMatch(change -> change > 0);
      assertThat(errors)
          .allSatisfy(
              (layer, error) ->
                  assertThat(error).isLessThanOrEqualTo(1e-4 * changes.get(layer) + 5e-7));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"average", "reset", "local"})
  void aRunThatWasKilledAndResumedEndsWithTheSameBits(String moments) throws IOException {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.moments=" + moments,
            "averaging.transport=bfloat16",
            "averaging.outer.momentum=0.5",
            "averaging.frequency=1",
            "checkpoint.keep=2",
            "checkpoint.every-rounds=2");
    requireSameBitsWhenKilled(recipe, 3);
    List<String> names = names(folder.resolve("killed/checkpoints"));
    if (moments.equals("local")) {
      assertThat(names)
          .containsExactly(
              "epoch-00001-round-000002.moments",
              "epoch-00001-round-000002.spkf",
              "epoch-00002-round-000000.moments",
              "epoch-00002-round-000000.spkf");
    } else {
      assertThat(names).allMatch(name -> name.endsWith(".spkf"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"average", "local"})
  void neuronsOfIntegersEndWithTheSameBitsAlsoWhenKilledAndResumed(String moments) {
    Recipe recipe =
        SmallSplit.recipe(
            "model.neuron.levels=4",
            "model.widths=[16, 16, 16, 16]",
            "averaging.moments=" + moments,
            "averaging.frequency=1",
            "checkpoint.every-rounds=2");
    Checkpoint whole = requireSameBitsWhenKilled(recipe, 3);
    assertThat(whole.config().neuron().integers().levels()).isEqualTo(4);
    assertSameBits(whole.state(), PlainRounds.train(recipe, train, ROWS));
  }

  /** Rounds of 1, 2, 1 steps, a minibatch each in the warm-up before. */
  @Test
  void roundsOfTheQuadraticRuleAreThoseOfLocalTrainingAlsoWhenKilledAndResumed() {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.frequency={rule: quadratic, base: 1, coefficient: 0.005, warm-up: 1}",
            "averaging.outer.momentum=0.9",
            "averaging.outer.rate=0.7",
            "averaging.outer.nesterov=true",
            "checkpoint.every-rounds=2");
    assertThat(new EpochPlan(recipe, ROWS).length().roundsOf(1)).isEqualTo(3);
    Checkpoint whole = requireSameBitsWhenKilled(recipe, 3);
    assertSameBits(whole.state(), PlainRounds.train(recipe, train, ROWS));
  }

  /** Kills a training of two epochs behind a round of the second one. */
  private Checkpoint requireSameBitsWhenKilled(Recipe recipe, int round) {
    Checkpoint whole = run(recipe, train, "whole");
    Progress killer =
        new Progress() {
          @Override
          public void roundFinished(Round finished) {
            if (finished.epoch() == 2 && finished.round() == round) {
              throw new IllegalStateException("killed");
            }
          }
        };
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> training(recipe, train, "killed", OPTIONS, killer).run())
        .withMessage("killed");
    Checkpoint resumed =
        training(recipe, train, "killed", OPTIONS.resuming(), Progress.SILENT).run().checkpoint();
    assertSameBits(resumed.state(), whole.state());
    assertSameBits(resumed.outer(), whole.outer());
    assertSameBits(resumed.rest(), whole.rest());
    return whole;
  }

  @Test
  void aCheckpointWithoutAllItsMomentsIsPassedOver() throws IOException {
    Recipe recipe = SmallSplit.recipe("averaging.moments=local", "schedule.epochs=1");
    Checkpoint whole = run(recipe, train, "out");
    Path checkpoints = folder.resolve("out/checkpoints");
    Files.delete(checkpoints.resolve("epoch-00001-round-000000.moments/worker-00001.spkm"));
    List<String> warnings = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    Checkpoint again =
        training(recipe, train, "out", OPTIONS.resuming(), listener).run().checkpoint();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("epoch-00001-round-000000.spkf is damaged: expected the workers' moments beside")
        .endsWith(
            "found no worker-00001.spkm; using the one before, epoch-00000-round-000001.spkf");
    assertSameBits(again.state(), whole.state());
    Recipe other = SmallSplit.recipe("averaging.moments=reset", "schedule.epochs=1");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> training(other, train, "out", OPTIONS.resuming(), Progress.SILENT))
        .withMessageContaining("averaging.moments: local, now reset");
  }

  private static String[] with(String[] common, String... more) {
    return Stream.concat(Stream.of(common), Stream.of(more)).toArray(String[]::new);
  }

  private static float[] initial(Recipe recipe) {
    try (LocalTrainer trainer = PlainTraining.trainer(recipe, new int[] {8, 8})) {
      return trainer.state().values();
    }
  }

  private Checkpoint run(Recipe recipe, String split, String output) {
    return training(recipe, split, output, OPTIONS, Progress.SILENT).run().checkpoint();
  }

  private TrainingRun training(
      Recipe recipe, String split, String output, TrainingOptions options, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(split, null, folder.resolve(output).toString());
    return new TrainingRun(spark, recipe, places, options, progress);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertSameBits(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    assertThat(Arrays.mismatch(found, expected)).as("first different value").isEqualTo(-1);
  }
}
