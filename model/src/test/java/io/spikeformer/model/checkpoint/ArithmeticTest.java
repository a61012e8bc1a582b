package io.spikeformer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArithmeticTest {
  private static final Arithmetic FAST =
      new Arithmetic(4, "fast", 512, List.of("avx2", "avx512_core", "amx_bf16"));

  @Test
  void everyDifferenceIsNamed() {
    Arithmetic plain = new Arithmetic(2, "reference", 0, List.of());
    assertThat(FAST.differences(FAST)).isEmpty();
    assertThat(FAST.differences(plain))
        .containsExactly(
            "threads: 4, now 2",
            "kernels: fast, now reference",
            "vector-bits: 512, now 0",
            "processor-features: now without avx2, avx512_core, amx_bf16");
    assertThat(FAST.differences(new Arithmetic(4, "fast", 512, List.of("avx2", "avx_vnni"))))
        .containsExactly(
            "processor-features: now without avx512_core, amx_bf16",
            "processor-features: now with avx_vnni");
  }

  @Test
  void isOneLine() {
    assertThat(FAST)
        .hasToString("fast kernels, 4 threads, vectors of 512 bits, avx2 avx512_core amx_bf16");
    assertThat(new Arithmetic(1, "reference", 0, List.of()))
        .hasToString("reference kernels, 1 threads, no vectors");
  }

  @Test
  void kernelsSayWhatTheyComputeWith() {
    try (Kernels plain = KernelProvider.create("reference", 1)) {
      assertThat(Arithmetic.of(plain, 3)).isEqualTo(new Arithmetic(3, "reference", 0, List.of()));
    }
    try (Kernels best = KernelProvider.create("auto", 2)) {
      Arithmetic here = Arithmetic.of(best, 2);
      assertThat(here.kernels()).isEqualTo(best.name());
      if (best.name().equals("fast")) {
        assertThat(here.vectorBits()).isIn(256, 512);
        assertThat(here.processorFeatures()).startsWith("sse41", "avx", "avx2");
      }
    }
  }
}
