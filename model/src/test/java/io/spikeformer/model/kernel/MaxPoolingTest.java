package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaxPoolingTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1, 8", "2, 5, 4, 8", "3, 7, 8, 16", "5, 2, 3, 3"})
  void bothKernelsTakeTheMaximumOfEachWindow(int images, int height, int width, int channels) {
    Random random = new Random(3);
    float[] values = new float[images * height * width * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) - 1;
    }
    int h = (height + 1) / 2;
    int w = (width + 1) / 2;
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = Tensor.of(values, images, height, width, channels);
          Tensor y = Tensor.allocate(DataType.FLOAT32, images, h, w, channels);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, images, height, width, channels)) {
        kernels.maxPool(x, y);
        kernels.maxPoolBackward(x, y, dx);
        float[] pooled = y.toArray();
        float[] gradient = new float[values.length];
        for (int i = 0; i < pooled.length; i++) {
          int best = first(values, i, new int[] {height, width, channels, h, w});
          assertThat(pooled[i]).isEqualTo(values[best]);
          gradient[best] += pooled[i];
        }
        assertThat(dx.toArray()).isEqualTo(gradient);
      }
    }
  }

  /** The first maximum of the window of a pooled element. */
  private static int first(float[] values, int pooled, int[] s) {
    int c = pooled % s[2];
    int x = pooled / s[2] % s[4];
    int y = pooled / s[2] / s[4] % s[3];
    int image = pooled / s[2] / s[4] / s[3];
    int best = -1;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        int row = 2 * y + dy;
        int column = 2 * x + dx;
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
        kernels.maxPool(x, y);
        kernels.maxPoolBackward(x, dy, dx);
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
        kernels.maxPoolBackward(x, dy, dx);
        assertThat(dx.get(8)).isEqualTo(3);
      }
    }
  }

  @Test
  void bitsCanBePooled() {
    try (Kernels kernels = KernelProvider.create("auto", 2);
        Tensor x = Tensor.allocate(DataType.BIT, 1, 2, 2, 8);
        Tensor y = Tensor.allocate(DataType.FLOAT32, 1, 1, 1, 8)) {
      x.zero();
      float[] values = new float[32];
      values[8 + 3] = 1;
      x.put(values);
      kernels.maxPool(x, y);
      assertThat(y.toArray()).containsExactly(0, 0, 0, 1, 0, 0, 0, 0);
    }
  }
}
