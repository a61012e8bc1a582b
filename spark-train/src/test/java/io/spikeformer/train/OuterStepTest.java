package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.train.recipe.OuterSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OuterStepTest {
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(
          List.of(
              new Entry("weight", Kind.WEIGHT, Part.BACKBONE, List.of(1, 1), 0, 1),
              new Entry("variance", Kind.STATISTIC, Part.BACKBONE, List.of(1), 1, 1),
              new Entry("bias", Kind.BIAS, Part.BACKBONE, List.of(1), 2, 1)));

  @Test
  void stepsWithMomentumAndLeavesStatisticsAndMomentsToTheMean() {
    OuterStep outer = new OuterStep(new OuterSettings(0.5, 2, false), LAYOUT);
    float[] start = {1, 8, 0, 7, 7, 7};
    float[] values = {4, 9, 1, 5, 6, 7};
    float[] momentum = {2, 0, -4};
    outer.apply(0, start, values, momentum);
    assertThat(momentum).containsExactly(1 + 3, 0, -2 + 1);
    assertThat(values).containsExactly(1 + 2 * 4, 9, 0 - 2, 5, 6, 7);
    assertThat(start).containsExactly(1, 8, 0, 7, 7, 7);
  }

  /** As SGD with Nesterov momentum, for the gradient start - mean. */
  @Test
  void looksAheadByItsMomentum() {
    OuterStep outer = new OuterStep(new OuterSettings(0.5, 2, true), LAYOUT);
    float[] values = {4, 9, 1};
    float[] momentum = {2, 0, -4};
    outer.apply(0, new float[] {1, 8, 0}, values, momentum);
    assertThat(momentum).containsExactly(1 + 3, 0, -2 + 1);
    assertThat(values).containsExactly(1 + 2 * (2 + 3), 9, 0 + 2 * (-0.5f + 1));
  }

  /** A slice may begin and end within a tensor, and its momentum may be shorter than it. */
  @Test
  void aStepOfSlicesIsThatOfTheWhole() {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new Entry("weight", Kind.WEIGHT, Part.BACKBONE, List.of(5), 0, 5),
                new Entry("mean", Kind.STATISTIC, Part.BACKBONE, List.of(2), 5, 2),
                new Entry("bias", Kind.BIAS, Part.BACKBONE, List.of(3), 7, 3)));
    OuterStep outer = new OuterStep(new OuterSettings(0.9, 0.7, true), layout);
    Random random = new Random(1);
    float[] start = random(14, random);
    float[] whole = random(14, random);
    float[] momentum = random(10, random);
    float[] sliced = whole.clone();
    float[] slicedMomentum = momentum.clone();
    outer.apply(0, start, whole, momentum);
    for (int from = 0; from < 14; from += 4) {
      int to = Math.min(from + 4, 14);
      float[] values = Arrays.copyOfRange(sliced, from, to);
      float[] own = Arrays.copyOfRange(slicedMomentum, Math.min(from, 10), Math.min(to, 10));
      outer.apply(from, Arrays.copyOfRange(start, from, to), values, own);
      System.arraycopy(values, 0, sliced, from, values.length);
      System.arraycopy(own, 0, slicedMomentum, Math.min(from, 10), own.length);
    }
    assertThat(sliced).containsExactly(whole);
    assertThat(slicedMomentum).containsExactly(momentum);
  }

  private static float[] random(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
