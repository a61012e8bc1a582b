package io.spikeformer.tasks.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Ranking;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logits row by row against whole resampled maps. */
class LogitMapTest {
  @ParameterizedTest(name = "{0} x {1} to {2} x {3} to {4} x {5}, {6} classes")
  @CsvSource({
    "8, 11, 16, 22, 33, 47, 7", "1, 1, 1, 1, 5, 3, 3", "1, 1, 2, 2, 1, 1, 2",
    "16, 16, 32, 32, 32, 32, 150", "9, 7, 17, 13, 5, 6, 4", "3, 40, 5, 80, 101, 9, 21",
    "4, 4, 4, 4, 4, 4, 1"
  })
  void equalsResamplingTwiceToTheBit(
      int h, int w, int middleHeight, int middleWidth, int height, int width, int classes) {
    float[] values = values(2 * h * w * classes);
    try (Kernels kernels = KernelProvider.create("auto", 2);
        Tensor logits = Tensor.of(values, 2, h, w, classes);
        Tensor middle = Tensor.allocate(DataType.FLOAT32, 2, middleHeight, middleWidth, classes);
        Tensor whole = Tensor.allocate(DataType.FLOAT32, 2, height, width, classes)) {
      kernels.resample(bilinear(logits, middle), logits, middle);
      kernels.resample(bilinear(middle, whole), middle, whole);
      float[] wanted = whole.toArray();
      for (int image = 0; image < 2; image++) {
        LogitMap map =
            LogitMap.of(logits, image).resized(middleHeight, middleWidth).resized(height, width);
        float[] row = new float[width * classes];
        byte[] best = new byte[height * width];
        for (int y = 0; y < height; y++) {
          map.row(y, row);
          int from = (image * height + y) * row.length;
          assertThat(row).isEqualTo(Arrays.copyOfRange(wanted, from, from + row.length));
          for (int x = 0; x < width; x++) {
            best[y * width + x] = (byte) Ranking.best(wanted, from + x * classes, classes);
          }
        }
        LabelMap truth = new LabelMap(height, width, new byte[height * width]);
        LogitMap again =
            LogitMap.of(logits, image).resized(middleHeight, middleWidth).resized(height, width);
        assertThat(PixelSweep.over(again, truth).predicted().labels()).isEqualTo(best);
      }
    }
  }

  private static Resampling bilinear(Tensor from, Tensor to) {
    return Resampling.between(Resampling.Kind.BILINEAR, from.shape(), to.shape());
  }

  /** Few different values, so that there are ties. */
  private static float[] values(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(5) / 4f;
    }
    return values;
  }
}
