package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.StepRates;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.OuterStep;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Means that come one round late, against the equations as a plain loop over local training. */
class DelayedAveragingTest extends TrainingLab {
  private static final int[] ROWS = {11, 11, 11};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "averaging.frequency=2",
        "averaging.moments=local",
        "averaging.transport=bfloat16",
        "averaging.outer.momentum=0.6 averaging.outer.nesterov=true averaging.outer.rate=0.7",
        "averaging.intervals.first-moment=2 averaging.intervals.second-moment=4"
            + " optimizer.epsilon=0.01 averaging.transport=bfloat16",
        "optimizer.name=sgd optimizer.momentum=0.8 optimizer.warm-up-momentum=0.5"
            + " schedule.base-rate=1e-3",
        "data.batch-size=16 data.drop-last=false",
        "freeze.normalisation=statistics freeze.stages=1"
      })
  void everyBitFollowsFromTheEquations(String settings) {
    Recipe recipe = recipe(settings);
    Checkpoint found = run(recipe, "found").checkpoint();
    Plain expected = new Plain(recipe);
    expected.train();
    int length = found.state().length;
    assertSameBits(found.state(), Arrays.copyOf(expected.mean, length));
    for (int i = 0; i < found.moments().size(); i++) {
      float[] moment = Arrays.copyOfRange(expected.mean, (1 + i) * length, (2 + i) * length);
      assertSameBits(found.moments().get(i), moment);
    }
    if (recipe.averaging().outer().active()) {
      assertSameBits(found.outer(), expected.outer);
    }
    Recipe atOnce = recipe(settings + " averaging.delay=0");
    assertThat(run(atOnce, "at-once").checkpoint().state()).isNotEqualTo(found.state());
  }

  /** Checkpoints behind rounds 2 and 4, the last of the epoch. */
  @ParameterizedTest
  @CsvSource({
    "1, averaging.frequency=1",
    "2, averaging.moments=local",
    "3, averaging.transport=bfloat16 averaging.outer.momentum=0.5",
    "3, averaging.intervals.first-moment=2 averaging.intervals.second-moment=4"
        + " optimizer.epsilon=0.01",
    "4, averaging.frequency=1"
  })
  void aRunThatWasKilledAndResumedEndsWithTheSameBits(int round, String settings) {
    Recipe recipe = recipe(settings + " checkpoint.every-rounds=2");
    Checkpoint whole = run(recipe, "whole").checkpoint();
    assertThatExceptionOfType(Killed.class)
        .isThrownBy(() -> training(recipe, "killed", OPTIONS, new Killer(2, round)).run());
    Checkpoint resumed =
        training(recipe, "killed", OPTIONS.resuming(), Progress.SILENT).run().checkpoint();
    assertSame(resumed, whole);
    assertThat(folder.resolve("killed/checkpoints/epoch-00002-round-000000.moments")).exists();
  }

  /** With one worker nothing comes late, with checkpoints or without. */
  @Test
  void oneWorkerTrainsAsWithoutDelay() {
    String[] common = {"averaging.workers=1", "averaging.frequency=2", "averaging.outer.rate=0.9"};
    Checkpoint found =
        run(SmallSplit.recipe(with(common, "averaging.delay=1")), "late").checkpoint();
    assertSame(found, run(SmallSplit.recipe(common), "at-once").checkpoint());
  }

  private static Recipe recipe(String settings) {
    return SmallSplit.recipe(
        with(
            new String[] {
              "averaging.frequency=1", "averaging.delay=1", "checkpoint.every-rounds=50"
            },
            settings.split(" ")));
  }

  private static String[] with(String[] common, String... more) {
    return Stream.concat(Stream.of(common), Stream.of(more)).toArray(String[]::new);
  }

  private static void assertSame(Checkpoint found, Checkpoint expected) {
    assertSameBits(found.state(), expected.state());
    assertSameBits(found.outer(), expected.outer());
    assertThat(found.moments()).hasSameSizeAs(expected.moments());
    for (int i = 0; i < expected.moments().size(); i++) {
      assertSameBits(found.moments().get(i), expected.moments().get(i));
    }
  }

  /** The training in one thread: a worker after the other, in the letters of DelayedMean. */
  private static final class Plain {
    private final Recipe recipe;
    private final EpochPlan plan;
    private final OptimizerConfig optimizer;
    private final Schedule schedule;
    private final List<float[]> own = new ArrayList<>();
    private float[] mean;
    private float[] outer;
    private ParameterLayout layout;
    private int length;
    private long step;

    Plain(Recipe recipe) {
      this.recipe = recipe;
      this.plan = new EpochPlan(recipe, ROWS);
      this.optimizer = recipe.optimizer().toConfig();
      this.schedule = recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
    }

    void train() {
      try (LocalTrainer trainer = PlainTraining.trainer(recipe, ROWS)) {
        layout = trainer.layout();
        length = (int) layout.length();
        mean = Arrays.copyOf(trainer.state().values(), recipe.averagedVectors(0) * length);
        outer = new float[length];
        for (int worker = 0; worker < recipe.averaging().workers(); worker++) {
          own.add(trainer.state().values());
        }
        long rounds = 0;
        for (int epoch = 0; epoch < recipe.schedule().epochs(); epoch++) {
          for (int round = 0; round < plan.length().roundsOf(epoch); round++) {
            round(trainer, epoch, round, recipe.averagedVectors(++rounds) * length);
          }
        }
      }
    }

    private void round(LocalTrainer trainer, int epoch, int round, int averaged) {
      SlicedSums weighted = new SlicedSums();
      float[] before = Arrays.copyOf(mean, averaged);
      long samples = 0;
      for (int worker = 0; worker < own.size(); worker++) {
        List<Batch> batches = PlainTraining.batches(recipe, train, plan, worker, epoch, round);
        trainer.load(new TrainingState(step, own.get(worker)));
        trainer.train(epoch, batches.iterator());
        float[] next = trainer.state().values();
        float[] sent = own.get(worker);
        for (int i = 0; i < mean.length; i++) {
          next[i] = late(i, next[i], sent[i], batches.size());
        }
        own.set(worker, next);
        long weight = batches.stream().mapToLong(Batch::size).sum();
        samples += weight;
        weighted.add(weighted(averaged, weight, before, next));
      }
      double[] sums = weighted.sums(SliceLayout.of(length, own.size()));
      mean = new float[averaged];
      for (int i = 0; i < averaged; i++) {
        mean[i] = (float) (sums[i] / samples);
      }
      OuterStep.of(recipe).apply(0, before, mean, outer);
      step += plan.length().steps(epoch, round);
    }

    private double[] weighted(int averaged, long weight, float[] before, float[] sent) {
      double[] products = new double[averaged];
      for (int i = 0; i < averaged; i++) {
        double value = sent[i];
        if (recipe.averaging().form() == Transport.BFLOAT16) {
          short half = Slice.changes(new float[] {before[i]}, new float[] {sent[i]})[0];
          value = (double) before[i] + Float.intBitsToFloat(half << Short.SIZE);
        }
        products[i] = weight * value;
      }
      return products;
    }

    /** z = x - beta^k a, then z + beta^k m. */
    private float late(int i, float trained, float sent, int steps) {
      double factor = factor(i, steps);
      double left = trained - factor * sent;
      float kept = left == 0 ? -0.0f : (float) left;
      float next = (float) (kept + factor * mean[i]);
      boolean variance = i < length && entry(i).name().endsWith("runningVar");
      return (variance || i >= 2 * length) && next < 0 ? 0 : next;
    }

    private double factor(int i, int steps) {
      if (i >= 2 * length) {
        return power(steps, k -> optimizer.beta2());
      }
      if (i >= length) {
        return power(steps, this::firstBeta);
      }
      boolean frozen =
          recipe.freeze().toFrozenParts().normalisation() == FrozenParts.Normalisation.STATISTICS;
      if (entry(i).kind().trainable() || frozen) {
        return 1;
      }
      double factor = 1;
      for (int k = 0; k < steps; k++) {
        factor *= 0.9;
      }
      return factor;
    }

    private double firstBeta(int k) {
      return optimizer.name() == OptimizerName.SGD
          ? StepRates.of(optimizer, schedule, step + k).momentum()
          : optimizer.beta1();
    }

    private static double power(int steps, IntToDoubleFunction beta) {
      double factor = 1;
      for (int k = 0; k < steps; k++) {
        factor *= (float) beta.applyAsDouble(k);
      }
      return factor;
    }

    private Entry entry(int i) {
      return layout.entries().stream()
          .filter(entry -> i >= entry.offset() && i < entry.offset() + entry.length())
          .findFirst()
          .orElseThrow();
    }
  }
}
