package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Resampling.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixelLossTest {
  private static final int IMAGES = 2;

  @Test
  void isTheCrossEntropyOfThePixelsThatCount() {
    Resampling same = new Resampling(Kind.BILINEAR, 1, 3, 1, 3);
    byte[] labels = {1, (byte) Kernels.IGNORED, 0};
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor logits = Tensor.of(new float[] {0, 0, 5, 7, 1, 3}, 1, 1, 3, 2);
          Tensor gradient = Tensor.allocate(DataType.FLOAT32, 1, 1, 3, 2)) {
        PixelSums sums = kernels.pixelCrossEntropy(same, logits, labels, 0.5f, gradient);
        double far = Math.log(1 + Math.exp(2));
        assertThat(sums.loss()).as(choice).isCloseTo(Math.log(2) + far, within(1e-6));
        assertThat(sums.pixels()).isEqualTo(2);
        // equal logits are taken for the first class
        assertThat(sums.correct()).isZero();
        float p = (float) (1 / (1 + Math.exp(-2)));
        assertThat(gradient.toArray())
            .containsExactly(new float[] {0.25f, -0.25f, 0, 0, -p / 2, p / 2}, within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16, 12, 32, 24, 21",
    "13, 9, 26, 18, 4",
    "29, 29, 58, 58, 6",
    "7, 5, 20, 11, 150",
    "20, 11, 7, 5, 3",
    "8, 8, 8, 8, 1",
    "1, 1, 3, 3, 17"
  })
  void bothKernelsAgree(int h, int w, int toH, int toW, int classes) {
    Resampling form = new Resampling(Kind.BILINEAR, h, w, toH, toW);
    byte[] labels = labels(toH * toW, classes);
    try (Kernels plain = KernelProvider.create("reference", 1);
        Kernels fast = KernelProvider.create("auto", 2);
        Tensor logits = new Samples(5).normal(DataType.FLOAT32, IMAGES, h, w, classes);
        Tensor expected = Tensor.allocate(DataType.FLOAT32, IMAGES, h, w, classes);
        Tensor found = Tensor.allocate(DataType.FLOAT32, IMAGES, h, w, classes)) {
      PixelSums a = plain.pixelCrossEntropy(form, logits, labels, 0.01f, expected);
      PixelSums b = fast.pixelCrossEntropy(form, logits, labels, 0.01f, found);
      assertThat(b.pixels()).isEqualTo(a.pixels()).isPositive();
      assertThat(b.correct()).isEqualTo(a.correct());
      assertThat(b.loss()).isCloseTo(a.loss(), within(2e-6 * Math.max(1, a.loss())));
      assertThat(found.toArray()).containsExactly(expected.toArray(), within(1e-6f));
      PixelSums without = fast.pixelCrossEntropy(form, logits, labels, 1, null);
      assertThat(without).isEqualTo(b);
    }
  }

  @Test
  void theGradientIsTheLossesDerivative() {
    Resampling form = new Resampling(Kind.BILINEAR, 3, 2, 5, 5);
    byte[] labels = labels(25, 4);
    float[] values = new Samples(9).array(IMAGES * 3 * 2 * 4, 0, 1);
    try (Kernels kernels = KernelProvider.create("reference", 1);
        Tensor gradient = Tensor.allocate(DataType.FLOAT32, IMAGES, 3, 2, 4)) {
      try (Tensor logits = Tensor.of(values, IMAGES, 3, 2, 4)) {
        kernels.pixelCrossEntropy(form, logits, labels, 1, gradient);
      }
      float step = 1e-2f;
      for (int i = 0; i < values.length; i += 5) {
        double difference =
            loss(kernels, form, values, i, step, labels)
                - loss(kernels, form, values, i, -step, labels);
        assertThat(gradient.get(i)).isCloseTo((float) (difference / 2 / step), within(1e-3f));
      }
    }
  }

  private static double loss(
      Kernels kernels, Resampling form, float[] values, int at, float step, byte[] labels) {
    float[] moved = values.clone();
    moved[at] += step;
    try (Tensor logits = Tensor.of(moved, IMAGES, 3, 2, 4)) {
      return kernels.pixelCrossEntropy(form, logits, labels, 1, null).loss();
    }
  }

  @Test
  void threadsChangeNoBit() {
    Resampling form = new Resampling(Kind.BILINEAR, 11, 9, 23, 18);
    byte[] labels = labels(23 * 18, 7);
    try (Kernels one = KernelProvider.create("auto", 1);
        Kernels four = KernelProvider.create("auto", 4);
        Tensor logits = new Samples(2).normal(DataType.FLOAT32, IMAGES, 11, 9, 7);
        Tensor a = Tensor.allocate(DataType.FLOAT32, IMAGES, 11, 9, 7);
        Tensor b = Tensor.allocate(DataType.FLOAT32, IMAGES, 11, 9, 7)) {
      PixelSums first = one.pixelCrossEntropy(form, logits, labels, 1, a);
      assertThat(four.pixelCrossEntropy(form, logits, labels, 1, b)).isEqualTo(first);
      assertThat(b.toArray()).isEqualTo(a.toArray());
    }
  }

  @Test
  void mapsWithoutAnyLabelHaveNoLossAndNoGradient() {
    Resampling form = new Resampling(Kind.BILINEAR, 4, 4, 8, 8);
    byte[] labels = new byte[IMAGES * 64];
    Arrays.fill(labels, (byte) Kernels.IGNORED);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor logits = new Samples(4).normal(DataType.FLOAT32, IMAGES, 4, 4, 5);
          Tensor gradient = new Samples(6).normal(DataType.FLOAT32, IMAGES, 4, 4, 5)) {
        PixelSums sums = kernels.pixelCrossEntropy(form, logits, labels, 1, gradient);
        assertThat(sums).isEqualTo(PixelSums.NONE);
        assertThat(gradient.toArray()).containsOnly(0);
      }
    }
  }

  private static byte[] labels(int pixels, int classes) {
    Random random = new Random(1);
    byte[] labels = new byte[IMAGES * pixels];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (random.nextInt(6) == 0 ? Kernels.IGNORED : random.nextInt(classes));
    }
    return labels;
  }
}
