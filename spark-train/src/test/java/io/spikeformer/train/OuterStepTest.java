package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.train.recipe.OuterSettings;
import java.util.List;
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
    TrainingState start =
        new TrainingState(4, new float[] {1, 8, 0, 7, 7, 7}, new float[] {2, 0, -4});
    TrainingState mean = new TrainingState(6, new float[] {4, 9, 1, 5, 6, 7});
    TrainingState next = outer.apply(start, mean);
    assertThat(next.step()).isEqualTo(6);
    assertThat(next.outer()).containsExactly(1 + 3, 0, -2 + 1);
    assertThat(next.values()).containsExactly(1 + 2 * 4, 9, 0 - 2, 5, 6, 7);
    assertThat(start.outer()).containsExactly(2, 0, -4);
    assertThat(mean.values()).containsExactly(4, 9, 1, 5, 6, 7);
  }

  /** As SGD with Nesterov momentum, for the gradient start - mean. */
  @Test
  void looksAheadByItsMomentum() {
    OuterStep outer = new OuterStep(new OuterSettings(0.5, 2, true), LAYOUT);
    TrainingState start = new TrainingState(4, new float[] {1, 8, 0}, new float[] {2, 0, -4});
    TrainingState next = outer.apply(start, new TrainingState(6, new float[] {4, 9, 1}));
    assertThat(next.outer()).containsExactly(1 + 3, 0, -2 + 1);
    assertThat(next.values()).containsExactly(1 + 2 * (2 + 3), 9, 0 + 2 * (-0.5f + 1));
  }

  @Test
  void withoutMomentumTheMeanIsTheNextState() {
    TrainingState mean = new TrainingState(6, new float[] {4, 9, 1});
    OuterStep none = new OuterStep(OuterSettings.NONE, LAYOUT);
    assertThat(none.apply(new TrainingState(4, new float[3]), mean)).isSameAs(mean);
  }
}
