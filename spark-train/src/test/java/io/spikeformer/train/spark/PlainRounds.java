package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.OuterStep;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.recipe.MomentsPolicy;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.Transport;
import io.spikeformer.train.spark.averaging.DifferenceCoding;
import io.spikeformer.train.spark.averaging.Slice;
import io.spikeformer.train.spark.averaging.SliceLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rounds as plain loops: workers one after the other, averaged by hand. */
final class PlainRounds {
  private PlainRounds() {}

  /** The whole training as a plain loop: workers one after the other, averaged by hand. */
  static float[] train(Recipe recipe, String split, int[] rows) {
    EpochPlan plan = new EpochPlan(recipe, rows);
    int workers = recipe.averaging().workers();
    MomentsPolicy policy = recipe.averaging().momentsPolicy();
    OuterStep outer = OuterStep.of(recipe);
    try (LocalTrainer trainer = PlainTraining.trainer(recipe, rows)) {
      TrainingState start = trainer.state();
      int length = (int) trainer.layout().length();
      List<float[]> own = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        own.add(start.values());
      }
      start = new TrainingState(0, start.values(), new float[length], new float[length]);
      List<float[]> rests = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        rests.add(new float[length]);
      }
      Transport form = recipe.averaging().form();
      DifferenceCoding coding = form.isQuantised() ? coding(trainer, recipe) : null;
      SliceLayout layout = SliceLayout.of(length, workers);
      long rounds = 0;
      for (int epoch = 0; epoch < recipe.schedule().epochs(); epoch++) {
        for (int round = 0; round < plan.length().roundsOf(epoch); round++) {
          int shared = recipe.averagedVectors(rounds++) * length;
          int elements = start.values().length;
          SlicedSums weighted = new SlicedSums();
          long samples = 0;
          long step = 0;
          for (int worker = 0; worker < workers; worker++) {
            float[] values = start.values().clone();
            if (recipe.averaging().keepsMoments()) {
              System.arraycopy(own.get(worker), shared, values, shared, values.length - shared);
            }
            TrainingState begin = new TrainingState(start.step(), values);
            if (policy == MomentsPolicy.RESET) {
              trainer.modelPart().put(0, Arrays.copyOf(values, length));
              trainer.beginAnewAt(begin.step());
            } else {
              trainer.load(begin);
            }
            long weight =
                trainer
                    .train(
                        epoch,
                        PlainTraining.batches(recipe, split, plan, worker, epoch, round).iterator())
                    .samples();
            samples += weight;
            step = Math.max(step, trainer.state().step());
            own.set(worker, trainer.state().values());
            float[] sent = own.get(worker);
            float[] base = Arrays.copyOf(Arrays.copyOf(start.values(), shared), elements);
            double[] products = new double[elements];
            weighted.add(products);
            if (coding != null && weight > 0) {
              int averaged = recipe.averagedVectors(rounds) * length;
              long draw = coding.drawOf(start.step(), worker);
              float[] arrived =
                  arrived(
                      coding, draw, layout, base, Arrays.copyOf(sent, averaged), rests.get(worker));
              add(products, weight, arrived, base);
            } else if (form == Transport.BFLOAT16) {
              add(products, weight, Slice.changes(base, sent), base);
            } else if (coding == null) {
              for (int i = 0; i < elements; i++) {
                products[i] = (double) weight * sent[i];
              }
            }
          }
          double[] sums = weighted.sums(layout);
          float[] mean = new float[sums.length];
          for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sums[i] / samples);
          }
          outer.apply(0, start.values(), mean, start.outer());
          if (coding != null) {
            float[] base = Arrays.copyOf(Arrays.copyOf(start.values(), shared), elements);
            int averaged = recipe.averagedVectors(rounds) * length;
            long draw = coding.drawOfMean(start.step());
            float[] arrived =
                arrived(coding, draw, layout, base, Arrays.copyOf(mean, averaged), start.rest());
            for (int i = 0; i < averaged; i++) {
              mean[i] = base[i] + arrived[i];
            }
          }
          start =
              new TrainingState(
                  start.step() + plan.length().steps(epoch, round),
                  mean,
                  start.outer(),
                  start.rest());
          assertThat(step).isEqualTo(start.step());
        }
      }
      return Arrays.copyOf(start.values(), length);
    }
  }

  private static void add(double[] products, double weight, short[] changes, float[] base) {
    for (int i = 0; i < products.length; i++) {
      double value = (double) base[i] + Float.intBitsToFloat(changes[i] << Short.SIZE);
      products[i] = weight * value;
    }
  }

  private static void add(double[] products, double weight, float[] differences, float[] base) {
    for (int i = 0; i < differences.length; i++) {
      products[i] = weight * ((double) base[i] + differences[i]);
    }
  }

  private static DifferenceCoding coding(LocalTrainer trainer, Recipe recipe) {
    int bits = recipe.averaging().form().bits();
    return new DifferenceCoding(trainer.layout(), bits, recipe.seed());
  }

  /** Differences as the receivers have them, slice by slice; changes the rest. */
  private static float[] arrived(
      DifferenceCoding coding,
      long draw,
      SliceLayout layout,
      float[] base,
      float[] values,
      float[] rest) {
    float[] arrived = new float[values.length];
    for (int index = 0; index < layout.count(values.length); index++) {
      int from = layout.from(index);
      int count = layout.length(index, values.length);
      float[] left =
          Arrays.copyOfRange(
              rest, Math.min(from, rest.length), Math.min(from + count, rest.length));
      byte[] coded =
          coding.code(
              draw,
              from,
              Arrays.copyOfRange(base, from, from + count),
              Arrays.copyOfRange(values, from, from + count),
              left);
      System.arraycopy(coding.decode(from, count, coded), 0, arrived, from, count);
      System.arraycopy(left, 0, rest, Math.min(from, rest.length), left.length);
    }
    return arrived;
  }
}
