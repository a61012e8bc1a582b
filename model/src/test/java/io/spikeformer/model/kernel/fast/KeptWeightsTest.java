package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptWeightsTest {
  private static Tensor noise(Random random, double rate, DataType type, long... sizes) {
    Tensor tensor = Tensor.allocate(type, sizes);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      float value = type == DataType.BIT ? 1 : (float) random.nextGaussian();
      values[i] = random.nextDouble() < rate ? value : 0;
    }
    tensor.put(values);
    return tensor;
  }

  /** The result for so many images at a firing rate; 1 for values that are no spikes. */
  private static float[] convolve(
      FastKernels kernels, ConvolutionShape one, int images, double rate, Tensor weights) {
    ConvolutionShape shape =
        new ConvolutionShape(
            images,
            one.height(),
            one.width(),
            one.inputs(),
            one.outputs(),
            one.window(),
            one.stride(),
            one.padding(),
            one.depthwise());
    DataType type = rate < 1 ? DataType.BIT : DataType.FLOAT32;
    try (Tensor x =
            noise(new Random(images), rate, type, images, one.height(), one.width(), one.inputs());
        Tensor y =
            Tensor.allocate(
                DataType.FLOAT32, images, one.outputHeight(), one.outputWidth(), one.outputs())) {
      kernels.convolution(shape, x, weights, null, y);
      return y.toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 64, 64, 1", "1, 96, 128, 1", "3, 128, 128, 2", "7, 3, 64, 2", "3, 16, 40, 1"})
  void oneCopyInTheOrderOfDenseProductsServesEveryNumberOfImages(
      int window, int inputs, int outputs, int stride) {
    ConvolutionShape one =
        new ConvolutionShape(1, 14, 14, inputs, outputs, window, stride, window / 2, false);
    try (FastKernels kernels = new FastKernels(2);
        Tensor weights = noise(new Random(1), 1, DataType.FLOAT32, one.weights());
        Tensor kept = noise(new Random(1), 1, DataType.FLOAT32, one.weights())) {
      kernels.keep(kept);
      for (int images = 1; images <= 9; images++) {
        assertThat(convolve(kernels, one, images, 1, kept))
            .isEqualTo(convolve(kernels, one, images, 1, weights));
        assertThat(kernels.kept().forms(kept.address())).as("%d images", images).isEqualTo(1);
      }
      kernels.forget(kept);
    }
  }

  @Test
  void eachBlockOfALargeLinearLayerIsKeptOnce() {
    ConvolutionShape one = new ConvolutionShape(1, 7, 7, 72, 660, 7, 1, 0, false);
    try (FastKernels kernels = new FastKernels(2);
        Tensor weights = noise(new Random(1), 1, DataType.FLOAT32, one.weights());
        Tensor kept = noise(new Random(1), 1, DataType.FLOAT32, one.weights())) {
      kernels.keep(kept);
      for (int repetition = 0; repetition < 2; repetition++) {
        assertThat(convolve(kernels, one, 5, 1, kept))
            .isEqualTo(convolve(kernels, one, 5, 1, weights));
        assertThat(kernels.kept().forms(kept.address())).isEqualTo(2);
      }
      kernels.forget(kept);
    }
  }

  @Test
  void aLayerWhoseRateChangesKeepsOneOrderForItsEvents() {
    ConvolutionShape one = new ConvolutionShape(1, 14, 14, 64, 128, 3, 1, 1, false);
    try (FastKernels kernels = new FastKernels(2);
        Tensor weights = noise(new Random(1), 1, DataType.FLOAT32, one.weights());
        Tensor kept = noise(new Random(1), 1, DataType.FLOAT32, one.weights())) {
      kernels.keep(kept);
      for (double rate : new double[] {0.04, 0.1, 0.04, 0.1}) {
        assertThat(convolve(kernels, one, 3, rate, kept))
            .isEqualTo(convolve(kernels, one, 3, rate, weights));
        assertThat(kernels.kept().forms(kept.address())).as("rate %s", rate).isEqualTo(1);
      }
      kernels.forget(kept);
    }
  }
}
