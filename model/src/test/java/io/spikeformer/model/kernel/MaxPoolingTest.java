package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.model.KernelProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaxPoolingTest {
  private static final PoolingWindow HALVING = new PoolingWindow(3, 2, 1);

  @ParameterizedTest
  @CsvSource({
    "3, 2, 1, 1, 1, 1, 8",
    "3, 2, 1, 2, 5, 4, 8",
    "3, 2, 1, 3, 7, 8, 16",
    "3, 2, 1, 5, 2, 3, 3",
    "5, 1, 2, 2, 7, 5, 8",
    "5, 1, 2, 1, 2, 1, 3",
    "2, 2, 0, 2, 6, 5, 8",
    "1, 2, 0, 2, 5, 6, 9"
  })
  void bothKernelsTakeTheMaximumOfEachWindow(
      int side, int stride, int padding, int images, int height, int width, int channels) {
    PoolingWindow window = new PoolingWindow(side, stride, padding);
    assertMaxima(window, images, height, width, channels);
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 0, 7, 6, 8", "2, 2, 0, 1, 1, 8", "2, 2, 0, 5, 9, 3", "3, 2, 1, 6, 4, 8"})
  void aWindowThatIsCutTakesTheMaximumOfItsRest(
      int side, int stride, int padding, int height, int width, int channels) {
    PoolingWindow window = new PoolingWindow(side, stride, padding, PoolingWindow.Last.CUT);
    assertThat(window.outputSize(height)).isGreaterThanOrEqualTo((height + 1) / 2);
    assertMaxima(window, 3, height, width, channels);
  }

  private static void assertMaxima(
      PoolingWindow window, int images, int height, int width, int channels) {
    Random random = new Random(3);
    float[] values = new float[images * height * width * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) - 1;
    }
    int h = window.outputSize(height);
    int w = window.outputSize(width);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = Tensor.of(values, images, height, width, channels);
          Tensor y = Tensor.allocate(DataType.FLOAT32, images, h, w, channels);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, images, height, width, channels)) {
        kernels.maxPool(window, x, y);
        kernels.maxPoolBackward(window, x, y, dx);
        float[] pooled = y.toArray();
        float[] gradient = new float[values.length];
        for (int i = 0; i < pooled.length; i++) {
          int best = first(window, values, i, new int[] {height, width, channels, h, w});
          assertThat(pooled[i]).isEqualTo(values[best]);
          gradient[best] += pooled[i];
        }
        assertThat(dx.toArray()).isEqualTo(gradient);
      }
    }
  }

  /** The first maximum of the window of a pooled element. */
  private static int first(PoolingWindow window, float[] values, int pooled, int[] s) {
    int c = pooled % s[2];
    int x = pooled / s[2] % s[4];
    int y = pooled / s[2] / s[4] % s[3];
    int image = pooled / s[2] / s[4] / s[3];
    int best = -1;
    for (int dy = 0; dy < window.side(); dy++) {
      for (int dx = 0; dx < window.side(); dx++) {
        int row = window.stride() * y + dy - window.padding();
        int column = window.stride() * x + dx - window.padding();
        if (row >= 0 && row < s[0] && column >= 0 && column < s[1]) {
          int at = ((image * s[0] + row) * s[1] + column) * s[2] + c;
          best = best < 0 || values[at] > values[best] ? at : best;
        }
      }
    }
    return best;
  }

  @ParameterizedTest
  @CsvSource({
    "1;NaN;2;3, NaN, 1",
    "NaN;1;NaN;3, NaN, 2",
    "NaN;5;6;7, NaN, 0",
    "-Infinity;-Infinity;-Infinity;-Infinity, -Infinity, 0",
    "-Infinity;Infinity;NaN;1, NaN, 2"
  })
  void whatIsNoNumberIsPooledAsInPyTorch(String window, float maximum, int place) {
    float[] values = new float[4 * 8];
    String[] first = window.split(";");
    for (int i = 0; i < first.length; i++) {
      values[i * 8 + 5] = Float.parseFloat(first[i]);
    }
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 1);
          Tensor x = Tensor.of(values, 1, 2, 2, 8);
          Tensor y = Tensor.allocate(DataType.FLOAT32, 1, 1, 1, 8);
          Tensor dy = Tensor.of(new float[] {1, 1, 1, 1, 1, 3, 1, 1}, 1, 1, 1, 8);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, 1, 2, 2, 8)) {
        kernels.maxPool(HALVING, x, y);
        kernels.maxPoolBackward(HALVING, x, dy, dx);
        assertThat(y.get(5)).isEqualTo(Float.valueOf(maximum));
        assertThat(y.get(4)).isZero();
        for (int i = 0; i < 4; i++) {
          assertThat(dx.get(i * 8L + 5)).as("gradient at %d", i).isEqualTo(i == place ? 3 : 0);
        }
      }
    }
  }

  @Test
  void anEmptyMaximumLeavesNoGradientToTheWindowBefore() {
    float[] values = new float[4 * 8];
    Arrays.fill(values, 8, 4 * 8, Float.NEGATIVE_INFINITY);
    float[] gradient = new float[2 * 8];
    gradient[8] = 3;
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 1);
          Tensor x = Tensor.of(values, 1, 1, 4, 8);
          Tensor dy = Tensor.of(gradient, 1, 1, 2, 8);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, 1, 1, 4, 8)) {
        kernels.maxPoolBackward(HALVING, x, dy, dx);
        assertThat(dx.get(8)).isEqualTo(3);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 2, 1, WHOLE, 5, 4",
    "5, 1, 2, WHOLE, 6, 7",
    "2, 2, 0, WHOLE, 7, 6",
    "2, 2, 0, CUT, 7, 6",
    "1, 2, 0, WHOLE, 5, 5"
  })
  void spikesArePooledToBitsAsToNumbers(
      int side, int stride, int padding, PoolingWindow.Last last, int height, int width) {
    PoolingWindow window = new PoolingWindow(side, stride, padding, last);
    int h = window.outputSize(height);
    int w = window.outputSize(width);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = new Samples(4).spikes(DataType.BIT, 3, height, width, 24);
          Tensor bits = Tensor.allocate(DataType.BIT, 3, h, w, 24);
          Tensor numbers = Tensor.allocate(DataType.FLOAT32, 3, h, w, 24)) {
        kernels.maxPool(window, x, bits);
        kernels.maxPool(window, x, numbers);
        assertThat(bits.toArray()).isEqualTo(numbers.toArray()).contains(0, 1);
      }
    }
  }

  /** All types, channels that fill no whole vectors, and images that threads share. */
  @ParameterizedTest
  @CsvSource({"3, 2, 1, 3, 9, 21", "5, 1, 2, 7, 6, 24", "2, 2, 0, 5, 8, 40"})
  void bothKernelsAgree(int side, int stride, int padding, int height, int width, int channels) {
    PoolingWindow window = new PoolingWindow(side, stride, padding);
    long[] pooled = {3, window.outputSize(height), window.outputSize(width), channels};
    for (DataType type : Samples.types(channels)) {
      try (Kernels plain = KernelProvider.create("reference", 1);
          Kernels fast = KernelProvider.create("auto", 4);
          Tensor x = new Samples(6).normal(type, 3, height, width, channels);
          Tensor expected = Tensor.allocate(DataType.FLOAT32, pooled);
          Tensor found = Tensor.allocate(DataType.FLOAT32, pooled)) {
        plain.maxPool(window, x, expected);
        fast.maxPool(window, x, found);
        assertThat(found.toArray()).isEqualTo(expected.toArray());
      }
    }
  }

  @Test
  void refusesWindowsOfPaddingAlone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PoolingWindow(2, 2, 2))
        .withMessage(
            "pooling: expected a side and a stride >= 1 and a padding of 0 to half the side,"
                + " found 2, 2, 2");
  }
}
