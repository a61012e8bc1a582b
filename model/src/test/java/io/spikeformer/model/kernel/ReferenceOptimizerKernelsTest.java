package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ReferenceOptimizerKernelsTest {
  private static final Offset<Float> CLOSE = within(1e-6f);
  private final OptimizerKernels kernels = new ReferenceKernels().optimizer();

  @Test
  void momentsAreRunningMeansOfTheScaledGradientAndItsSquare() {
    Tensor first = vector(1, 0);
    Tensor second = vector(0.5f, 4);
    kernels.moments(vector(4, -2), 0.5f, 0.9f, 0.75f, first, second);
    assertThat(first.toArray()).containsExactly(f(0.9f + 0.2f, -0.1f), CLOSE);
    assertThat(second.toArray()).containsExactly(f(0.375f + 1, 3 + 0.25f), CLOSE);
  }

  @Test
  void adamDecaysTheWeightAndStepsAgainstTheMoment() {
    Tensor weights = vector(2, -1);
    kernels.adamStep(weights, vector(0.1f, 0), vector(0.04f, 1), 0.5f, 0.25f, 0.1f, 0.5f, 0.02f);
    // 0.2 / (sqrt(0.16) + 0.1) = 0.4
    assertThat(weights.toArray()).containsExactly(f(2 * 0.99f - 0.2f, -0.99f), CLOSE);
  }

  @Test
  void lambDirectionAddsTheDecayToTheAdaptiveStep() {
    Tensor direction = vector(9, 9);
    kernels.lambDirection(
        vector(2, -1), vector(0.1f, 0), vector(0.04f, 1), 0.5f, 0.25f, 0.1f, 0.05f, direction);
    assertThat(direction.toArray()).containsExactly(f(0.5f, -0.05f), CLOSE);
  }

  @Test
  void momentumAndAddScaledFollowTheirFormulae() {
    Tensor buffer = vector(1, 2);
    Tensor weights = vector(10, 20);
    kernels.momentum(vector(3, 4), 2, weights, 0.1f, 0.5f, buffer);
    assertThat(buffer.toArray()).containsExactly(f(7.5f, 11), CLOSE);
    kernels.addScaled(weights, -2, buffer);
    assertThat(weights.toArray()).containsExactly(f(-5, -2), CLOSE);
  }

  @Test
  void sumOfSquaresIsFormedInDouble() {
    assertThat(kernels.sumOfSquares(vector(1e30f, 1))).isGreaterThan(1e59);
    assertThat(kernels.sumOfSquares(vector(3, 4))).isEqualTo(25);
  }

  @Test
  void nanAndInfinityAreNotFinite() {
    assertThat(kernels.allFinite(vector(1, Float.MAX_VALUE))).isTrue();
    assertThat(kernels.allFinite(vector(1, Float.NaN))).isFalse();
    assertThat(kernels.allFinite(vector(Float.NEGATIVE_INFINITY, 0))).isFalse();
  }

  private static Tensor vector(float... values) {
    return Tensor.of(values, values.length);
  }

  private static float[] f(float... values) {
    return values;
  }
}
