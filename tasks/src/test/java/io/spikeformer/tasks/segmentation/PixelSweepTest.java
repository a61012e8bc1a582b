package io.spikeformer.tasks.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.kernel.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelSweepTest {
  @Test
  void takesTheFirstOfEqualLogitsAndNoNaN() {
    float nan = Float.NaN;
    float low = Float.NEGATIVE_INFINITY;
    float[] logits = {1, 2, 2, nan, 0, -1, nan, nan, nan, low, low, low, nan, low, nan};
    assertThat(sweep(logits, 3, 255, 255, 255, 255, 255).predicted().labels())
        .containsExactly(1, 1, 0, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 21, 150, 255})
  void sumsTheCrossEntropyOfLabelledPixels(int classes) {
    Random random = new Random(classes);
    int pixels = 50;
    float[] logits = new float[pixels * classes];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (8 * random.nextGaussian());
    }
    int[] labels = random.ints(pixels, 0, classes).toArray();
    labels[3] = LabelMap.IGNORED;
    double wanted = 0;
    for (int p = 0; p < pixels; p++) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[p * classes + c]);
      }
      wanted += labels[p] == LabelMap.IGNORED ? 0 : Math.log(sum) - logits[p * classes + labels[p]];
    }
    assertThat(sweep(logits, classes, labels).loss()).isCloseTo(wanted, within(1e-5 * pixels));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64})
  void theBestClassesAreTheSameForAnyNumberOfThreads(int threads) {
    Random random = new Random(threads);
    float[] logits = new float[7 * 5 * 6];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    LabelMap truth = new LabelMap(19, 31, new byte[19 * 31]);
    try (Tensor tensor = Tensor.of(logits, 1, 7, 5, 6)) {
      LabelMap best = PixelSweep.best(() -> LogitMap.of(tensor, 0).resized(19, 31), threads);
      PixelSweep.Found found = PixelSweep.over(LogitMap.of(tensor, 0).resized(19, 31), truth);
      assertThat(best.labels()).isEqualTo(found.predicted().labels());
    }
  }

  @Test
  void theExponentialIsExactToAFewUnits() {
    for (float x = 0; x > -86; x -= 0.0371f) {
      double wanted = Math.exp(x);
      assertThat((double) PixelSweep.exponential(x)).isCloseTo(wanted, within(4e-7 * wanted));
    }
    assertThat(PixelSweep.exponential(0)).isEqualTo(1);
    assertThat(PixelSweep.exponential(-1e30f)).isBetween(0f, 1e-37f);
    assertThat(PixelSweep.exponential(Float.NEGATIVE_INFINITY)).isBetween(0f, 1e-37f);
    assertThat(PixelSweep.exponential(Float.NaN)).isNaN();
  }

  private static PixelSweep.Found sweep(float[] logits, int classes, int... labels) {
    try (Tensor tensor = Tensor.of(logits, 1, 1, labels.length, classes)) {
      return PixelSweep.over(LogitMap.of(tensor, 0), MeanIouTest.map(labels));
    }
  }
}
