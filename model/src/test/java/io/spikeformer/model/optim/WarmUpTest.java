package io.spikeformer.model.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.ReferenceOptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.optim.Schedule.Decay;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Values of SGD that are warmed up on their own. */
class WarmUpTest {
  /** Four steps of warm-up to 0.04, then a straight line to 0.004. */
  private static final Schedule SCHEDULE = new Schedule(Decay.POLYNOMIAL, 0.04, 0.004, 4, 10, 1);

  private static OptimizerConfig sgd(WarmUp warmUp) {
    return new OptimizerConfig(
        OptimizerName.SGD, 0, 0.9, 0.999, 1e-8, 0.9, true, 0, 1, ParameterGroups.UNIFORM, warmUp);
  }

  /** YOLOv5's interp(step, [0, 4], [first, last]) of rate, bias rate and momentum. */
  @Test
  void momentumAndTheRateOfBiasesGoInAStraightLineToTheirValues() {
    OptimizerConfig config = sgd(new WarmUp(OptionalDouble.of(0.8), OptionalDouble.of(0.4)));
    double[][] expected = {
      {0, 0.4, 0.8}, {0.01, 0.31, 0.825}, {0.02, 0.22, 0.85}, {0.03, 0.13, 0.875}, {0.04, 0.04, 0.9}
    };
    for (int step = 0; step < expected.length; step++) {
      StepRates found = StepRates.of(config, SCHEDULE, step);
      assertThat(new double[] {found.rate(), found.biasRate(), found.momentum()})
          .containsExactly(expected[step], within(1e-15));
    }
    StepRates later = StepRates.of(config, SCHEDULE, 7);
    assertThat(later).isEqualTo(new StepRates(SCHEDULE.rate(7), SCHEDULE.rate(7), 0.9));
  }

  @Test
  void aWarmUpThatEndsAtItsLastStepEndsThere() {
    Schedule schedule =
        new Schedule(Decay.POLYNOMIAL, 0.04, 0, 5, 10, 1, Schedule.Ends.AT_LAST_STEP, 0.5);
    OptimizerConfig config = sgd(new WarmUp(OptionalDouble.of(0.5), OptionalDouble.of(0.4)));
    assertThat(StepRates.of(config, schedule, 0)).isEqualTo(new StepRates(0.02, 0.4, 0.5));
    assertThat(StepRates.of(config, schedule, 2).momentum()).isCloseTo(0.7, within(1e-15));
    assertThat(StepRates.of(config, schedule, 4)).isEqualTo(new StepRates(0.04, 0.04, 0.9));
  }

  @Test
  void withoutOneEveryStepHasTheRateOfTheScheduleAndTheMomentum() {
    for (int step = 0; step < 12; step++) {
      double rate = SCHEDULE.rate(step);
      assertThat(StepRates.of(sgd(WarmUp.NONE), SCHEDULE, step))
          .isEqualTo(new StepRates(rate, rate, 0.9));
    }
  }

  /**
   * Two steps with a gradient of 1 by hand. Buffers: 1, then 0.85 + 1 = 1.85. Steps with a momentum
   * of 0.8: 1 + 0.8 = 1.8, then with 0.85: 1 + 0.85 * 1.85 = 2.5725. Biases have a rate of their
   * own, those of batch normalisation too.
   */
  @Test
  void theOptimizerUsesThem() {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new Entry("conv.weight", Kind.WEIGHT, Part.BACKBONE, List.of(1, 1), 0, 1),
                new Entry("conv.bias", Kind.BIAS, Part.BACKBONE, List.of(1), 1, 1),
                new Entry("bn.weight", Kind.NORMALISATION, Part.BACKBONE, List.of(1), 2, 1),
                new Entry("bn.bias", Kind.NORMALISATION, Part.BACKBONE, List.of(1), 3, 1)));
    try (Tensor state = Tensor.of(new float[4], 4);
        Tensor gradient = Tensor.of(new float[] {1, 1, 1, 1}, 4);
        Optimizer optimizer =
            new Optimizer(sgd(WarmUp.NONE), layout, new ReferenceOptimizerKernels())) {
      optimizer.step(state, gradient, new StepRates(0.1, 0.2, 0.8));
      assertThat(state.toArray())
          .containsExactly(new float[] {-0.18f, -0.36f, -0.18f, -0.36f}, offset(1e-6f));
      optimizer.step(state, gradient, new StepRates(0.1, 0.2, 0.85));
      assertThat(state.toArray())
          .containsExactly(new float[] {-0.43725f, -0.8745f, -0.43725f, -0.8745f}, offset(1e-6f));
    }
  }

  @Test
  void impossibleStartsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmUp(OptionalDouble.of(1), OptionalDouble.empty()))
        .withMessage("optimizer warm-up-momentum: expected a number in [0, 1), found 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmUp(OptionalDouble.empty(), OptionalDouble.of(Double.NaN)))
        .withMessage("optimizer warm-up-bias-rate: expected a number >= 0, found NaN");
  }
}
