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

  @Test
  void refusesImpossibleValues() {
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
