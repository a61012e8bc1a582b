package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelCopyTest {
  @ParameterizedTest
  @CsvSource({"FLOAT32, 5, 3", "FLOAT32, 16, 24", "BFLOAT16, 8, 21", "BIT, 8, 24"})
  void mapsArePutSideBySideAndTakenApart(DataType type, int left, int right) {
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 3);
          Tensor a = new Samples(1).normal(type, 2, 3, 2, left);
          Tensor b = new Samples(2).normal(type, 2, 3, 2, right);
          Tensor both = Tensor.allocate(type, 2, 3, 2, left + right);
          Tensor back = Tensor.allocate(DataType.FLOAT32, 2, 3, 2, right)) {
        both.zero();
        kernels.copyChannels(a, 0, both, 0, left);
        kernels.copyChannels(b, 0, both, left, right);
        for (int row = 0; row < both.rows(); row++) {
          for (int c = 0; c < left + right; c++) {
            float expected =
                c < left ? a.get((long) row * left + c) : b.get((long) row * right + c - left);
            assertThat(both.get((long) row * (left + right) + c)).isEqualTo(expected);
          }
        }
        kernels.copyChannels(both, left, back, 0, right);
        assertThat(back.toArray()).isEqualTo(b.toArray());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4000, 3", "1, 1"})
  void manyRowsAreCopiedByManyThreads(int rows, int threads) {
    try (Kernels kernels = KernelProvider.create("auto", threads);
        Tensor a = new Samples(1).normal(DataType.FLOAT32, rows, 3);
        Tensor b = Tensor.allocate(DataType.FLOAT32, rows, 3)) {
      kernels.copyChannels(a, 0, b, 2, 1);
      kernels.copyChannels(a, 1, b, 0, 2);
      for (int row = 0; row < rows; row++) {
        assertThat(b.get(3L * row + 2)).isEqualTo(a.get(3L * row));
        assertThat(b.get(3L * row)).isEqualTo(a.get(3L * row + 1));
      }
    }
  }
}
