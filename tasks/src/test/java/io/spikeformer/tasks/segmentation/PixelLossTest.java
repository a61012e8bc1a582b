package io.spikeformer.tasks.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.BatchLoss.Judgement;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.LossDivisor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixelLossTest {
  /** [2, 1, 2, 2]: the classes' logits differ by 1 at every pixel, in favour of class 0. */
  private static final float[] LOGITS = {1, 0, 1, 0, 1, 0, 1, 0};

  private static final double FIRST = Math.log1p(Math.exp(-1));
  private static final double SECOND = FIRST + 1;

  private final float[] gradient = new float[LOGITS.length];

  @ParameterizedTest
  @CsvSource({"reference, ALL", "auto, ALL", "reference, VALID", "auto, VALID"})
  void dividesByThePixelsOfAnImage(String kernels, LossDivisor divisor) {
    // the second image has one label among its four pixels
    Judgement found = judge(kernels, divisor, map(0, 0, 1, 1), map(0, 255, 255, 255));
    double first = (2 * FIRST + 2 * SECOND) / 4;
    double second = divisor == LossDivisor.ALL ? FIRST / 4 : FIRST;
    assertThat(found.loss()).isCloseTo((first + second) / 2, within(1e-6));
    assertThat(found.hits()).isEqualTo(new Hits(3, 5));
    double wrong = Math.exp(-1) / (1 + Math.exp(-1));
    double share = divisor == LossDivisor.ALL ? 0.25 : 1;
    double ofSecond = gradient[5] + gradient[7];
    assertThat(ofSecond).isCloseTo(wrong * share / 2, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"reference, ALL", "auto, ALL", "reference, VALID", "auto, VALID"})
  void anImageWithoutLabelsGivesZeroAndNoNaN(String kernels, LossDivisor divisor) {
    Arrays.fill(gradient, 7);
    LabelMap none = map(255, 255, 255, 255);
    assertThat(judge(kernels, divisor, none, none)).isEqualTo(new Judgement(0, new Hits(0, 0)));
    assertThat(gradient).containsOnly(0);
  }

  @Test
  void refusesLabelsThatAreNoClass() {
    assertThatThrownBy(
            () -> judge("reference", LossDivisor.ALL, map(0, 1, 0, 1), map(0, 7, 7, 255)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample b.png: expected labels 0 to 1, or 255 for pixels without one, found 7 at 2"
                + " pixels; prepare the data again");
  }

  private static LabelMap map(int... labels) {
    byte[] bytes = MeanIouTest.map(labels).labels();
    return new LabelMap(2, 2, bytes);
  }

  private Judgement judge(String choice, LossDivisor divisor, LabelMap... maps) {
    Geometry plan = Geometry.identity(2, 2);
    Batch batch =
        new Batch(
            new float[2 * 2 * 2 * 3],
            new LabelMaps(List.of(maps), List.of(plan, plan)),
            List.of("a.png", "b.png"),
            2,
            1,
            2,
            2,
            3);
    try (Kernels kernels = KernelProvider.create(choice, 1);
        Tensor values = Tensor.of(LOGITS, 2, 1, 2, 2);
        Tensor gradients = Tensor.of(gradient, 2, 1, 2, 2)) {
      Outputs outputs =
          new Outputs(Map.of("logits", values), Map.of("logits", gradients), Map.of());
      Judgement found = new PixelLoss(batch, divisor).of(outputs, kernels);
      System.arraycopy(gradients.toArray(), 0, gradient, 0, gradient.length);
      return found;
    }
  }
}
