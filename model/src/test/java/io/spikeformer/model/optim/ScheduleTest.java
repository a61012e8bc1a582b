package io.spikeformer.model.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.optim.Schedule.Decay;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Schedule COSINE = Schedule.cosine(0.004, 1e-4, 2, 10);

  @Test
  void warmsUpLinearlyFromZero() {
    assertThat(COSINE.rate(0)).isZero();
    assertThat(COSINE.rate(1)).isCloseTo(0.002, within(1e-15));
    assertThat(COSINE.rate(2)).isCloseTo(0.004, within(1e-15));
  }

  @Test
  void cosineFallsToTheMinimumAndStaysThere() {
    assertThat(COSINE.rate(3)).isCloseTo(0.0038515650883970093, within(1e-12));
    assertThat(COSINE.rate(6)).isCloseTo(0.00205, within(1e-12));
    assertThat(COSINE.rate(9)).isCloseTo(0.00024843491160299086, within(1e-12));
    assertThat(COSINE.rate(10)).isCloseTo(1e-4, within(0.0));
    assertThat(COSINE.rate(1000)).isCloseTo(1e-4, within(0.0));
  }

  @Test
  void polynomialFallsAsAPowerOfWhatIsLeft() {
    Schedule polynomial = new Schedule(Decay.POLYNOMIAL, 0.004, 1e-4, 2, 10, 0.9);
    assertThat(polynomial.rate(1)).isCloseTo(0.002, within(1e-15));
    assertThat(polynomial.rate(3)).isCloseTo(0.0035583731816031085, within(1e-12));
    assertThat(polynomial.rate(9)).isCloseTo(0.0007001829015056468, within(1e-12));
    assertThat(polynomial.rate(10)).isCloseTo(1e-4, within(0.0));
  }

  @Test
  void constantStaysAtThePeakAndNeedsNoWarmUp() {
    Schedule constant = new Schedule(Decay.CONSTANT, 0.01, 0, 0, 5, 1);
    assertThat(constant.rate(0)).isCloseTo(0.01, within(0.0));
    assertThat(constant.rate(7)).isCloseTo(0.01, within(0.0));
  }

  /** By hand: peak (f + (1 - f) s / (w - 1)), then (1 - (s - w) / (n - w - 1))^p of the peak. */
  @Test
  void mayReachPeakAndMinimumAtTheLastStepsOfWarmUpAndDecay() {
    Schedule schedule = atLastStep(Decay.POLYNOMIAL, 4, 10, 0.9, 0.1);
    double third = (1 - 0.1) / 3;
    assertThat(schedule.rate(0)).isCloseTo(0.8 * 0.1, within(1e-15));
    assertThat(schedule.rate(1)).isCloseTo(0.8 * (0.1 + third), within(1e-15));
    assertThat(schedule.rate(2)).isCloseTo(0.8 * (0.1 + 2 * third), within(1e-15));
    assertThat(schedule.rate(3)).isCloseTo(0.8, within(1e-15));
    assertThat(schedule.rate(4)).isCloseTo(0.8, within(0.0));
    // 0.8 * 0.8^0.9 and 0.8 * 0.2^0.9
    assertThat(schedule.rate(5)).isCloseTo(0.654441716841, within(1e-11));
    assertThat(schedule.rate(8)).isCloseTo(0.187939030894, within(1e-11));
    assertThat(schedule.rate(9)).isZero();
    assertThat(schedule.rate(10)).isZero();
  }

  /**
   * The authors' schedule for ADE20K: 1e-6 of 1e-3 to 1e-3 in 1,500 steps, then a straight line.
   */
  @Test
  void theAuthorsSegmentationScheduleHasTheValuesOfItsFormulas() {
    Schedule schedule =
        new Schedule(Decay.POLYNOMIAL, 1e-3, 0, 1500, 160_000, 1, Schedule.Ends.AT_LAST_STEP, 1e-6);
    assertThat(schedule.rate(0)).isCloseTo(1e-9, within(1e-24));
    assertThat(schedule.rate(749)).isCloseTo(4.996669446298e-04, within(1e-15));
    assertThat(schedule.rate(1499)).isCloseTo(1e-3, within(1e-18));
    assertThat(schedule.rate(1500)).isCloseTo(1e-3, within(0.0));
    assertThat(schedule.rate(80_000)).isCloseTo(1e-3 * 79_999 / 158_499, within(1e-15));
    assertThat(schedule.rate(159_999)).isZero();
  }

  @Test
  void oneStepBehindTheWarmUpHasThePeak() {
    Schedule schedule = atLastStep(Decay.COSINE, 2, 3, 1, 0);
    assertThat(schedule.rate(0)).isZero();
    assertThat(schedule.rate(1)).isCloseTo(0.8, within(0.0));
    assertThat(schedule.rate(2)).isCloseTo(0.8, within(0.0));
    assertThat(schedule.rate(3)).isZero();
    assertThat(atLastStep(Decay.CONSTANT, 0, 3, 1, 0).rate(0)).isCloseTo(0.8, within(0.0));
  }

  private static Schedule atLastStep(
      Decay decay, int warmUp, int steps, double power, double start) {
    return new Schedule(decay, 0.8, 0, warmUp, steps, power, Schedule.Ends.AT_LAST_STEP, start);
  }

  @Test
  void refusesImpossibleValues() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> atLastStep(Decay.COSINE, 1, 10, 1, 0))
        .withMessage("schedule warm-up: expected 0 steps, or 2 or more, found 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> atLastStep(Decay.COSINE, 2, 10, 1, 2))
        .withMessage("schedule warm-up start: expected a share in [0, 1], found 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Schedule(Decay.COSINE, 1, 0, 2, 9, 1, Schedule.Ends.BEHIND_LAST_STEP, 0.5))
        .withMessage("schedule warm-up start: expected 0, found 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cosine(0, 0, 0, 10))
        .withMessage("schedule rate: expected > 0, found 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cosine(1e-3, 1e-2, 0, 10))
        .withMessage("schedule minimum: expected a rate in [0, 0.001], found 0.01");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cosine(1e-3, 0, 11, 10))
        .withMessage("schedule warm-up: expected 0 to 10 steps, found 11");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Decay.of("step"))
        .withMessage("schedule decay: expected one of cosine, polynomial, constant, found 'step'");
  }
}
