package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fast optimizer arithmetic gives the bits of the plain one. */
class FastOptimizerKernelsTest {
  private final OptimizerKernels plain = new ReferenceKernels().optimizer();

  /** Weights, gradient and two moments. */
  private static Tensor[] tensors(int length) {
    Samples samples = new Samples(length);
    Tensor[] tensors = new Tensor[5];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = samples.normal(DataType.FLOAT32, length);
    }
    float[] squares = tensors[3].toArray();
    for (int i = 0; i < length; i++) {
      squares[i] *= squares[i];
    }
    tensors[3].put(squares);
    return tensors;
  }

  private void compare(int length, BiConsumer<OptimizerKernels, Tensor[]> run) {
    Tensor[] expected = tensors(length);
    run.accept(plain, expected);
    for (int threads = 1; threads <= 2; threads++) {
      try (Kernels fast = KernelProvider.create("fast", threads)) {
        Tensor[] actual = tensors(length);
        run.accept(fast.optimizer(), actual);
        for (int i = 0; i < actual.length; i++) {
          assertThat(actual[i].toArray()).isEqualTo(expected[i].toArray());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 1000, 1025, 70_001})
  void updatesGiveTheSameBits(int length) {
    compare(length, (k, t) -> k.moments(t[1], 0.3f, 0.9f, 0.99f, t[2], t[3]));
    compare(length, (k, t) -> k.adamStep(t[0], t[2], t[3], 0.4f, 0.2f, 1e-6f, 0.01f, 0.05f));
    compare(length, (k, t) -> k.lambDirection(t[0], t[2], t[3], 0.4f, 0.2f, 1e-6f, 0.05f, t[4]));
    compare(length, (k, t) -> k.momentum(t[1], 0.3f, t[0], 0.05f, 0.9f, t[2]));
    compare(length, (k, t) -> k.addScaled(t[0], -0.3f, t[1]));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 1024, 70_001})
  void reductionsAgree(int length) {
    Tensor values = tensors(length)[0];
    double expected = plain.sumOfSquares(values);
    for (int threads = 1; threads <= 2; threads++) {
      try (Kernels fast = KernelProvider.create("fast", threads)) {
        assertThat(fast.optimizer().sumOfSquares(values))
            .isCloseTo(expected, within(1e-12 * expected));
        assertThat(fast.optimizer().allFinite(values)).isTrue();
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
          for (int at : new int[] {0, length / 2, length - 1}) {
            float[] spoiled = values.toArray();
            spoiled[at] = bad;
            assertThat(fast.optimizer().allFinite(Tensor.of(spoiled, length))).isFalse();
          }
        }
      }
    }
  }
}
