package io.spikeformer.model.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.oracle.OperatorRecordings;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of a detector's heads that other networks lack. */
class DetectionLayersTest {
  /** PyTorch's conv_transpose2d with its gradients. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void aTransposedConvolutionGivesWhatWasRecorded(String choice) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    try (Bench bench = new Bench(choice);
        Tensor x = recorded.channelsLast("transposed/in");
        Tensor dy = recorded.channelsLast("transposed/grad_out")) {
      Parameters parameters = new Parameters();
      TransposedConvolution layer = new TransposedConvolution(parameters, "up", 4, 3);
      bench.bind(parameters);
      Parameter weight = parameters.all().get(0);
      Parameter bias = parameters.all().get(1);
      weight.value().put(recorded.values("transposed/weight"));
      bias.value().put(recorded.values("transposed/bias"));
      Pass pass = bench.training(1);
      recorded.check(
          "transposed/out", OperatorRecordings.channelsFirst(formed(pass, layer.forward(pass, x))));
      Tensor dx = layer.backward(pass, dy);
      recorded.check("transposed/grad_in", OperatorRecordings.channelsFirst(dx));
      recorded.check("transposed/grad_weight", weight.gradient().toArray());
      recorded.check("transposed/grad_bias", bias.gradient().toArray());
    }
  }

  private static Tensor formed(Pass pass, Drive drive) {
    Tensor u = pass.membrane(drive.value().shape());
    pass.kernels().affine(drive, u);
    return u;
  }

  /** Bits, few and many, are read as the same numbers. */
  @ParameterizedTest
  @CsvSource({"reference, 0.3", "auto, 0.02", "auto, 0.4"})
  void aTransposedConvolutionReadsSpikes(String choice, double rate) {
    try (Bench bench = new Bench(choice)) {
      Parameters parameters = new Parameters();
      TransposedConvolution layer = new TransposedConvolution(parameters, "up", 16, 8);
      bench.bind(parameters);
      Pass pass = bench.training(1);
      Tensor numbers = bench.spikes(rate, 3, 5, 4, 16);
      Tensor dy = bench.noise(3, 10, 8, 8);
      float[] forward = layer.forward(pass, numbers).value().toArray();
      float[] backward = layer.backward(pass, dy).toArray();
      float[] gradient = parameters.all().get(0).gradient().toArray();
      try (Tensor bits = Tensor.allocate(DataType.BIT, numbers.shape())) {
        bits.put(numbers.toArray());
        assertThat(layer.forward(pass, bits).value().toArray())
            .containsExactly(forward, within(1e-5f));
        assertThat(layer.backward(pass, dy).toArray()).containsExactly(backward, within(1e-5f));
        assertThat(parameters.all().get(0).gradient().toArray())
            .containsExactly(gradient, within(1e-4f));
      }
    }
  }

  /** The sum over channels, rows and columns, in PyTorch's order of the weights. */
  @ParameterizedTest
  @CsvSource({"reference, 0.3", "auto, 0.02", "auto, 0.4"})
  void aFullyConnectedLayerReadsWholeMapsOfSpikes(String choice, double rate) {
    try (Bench bench = new Bench(choice)) {
      Parameters parameters = new Parameters();
      Convolution layer =
          Convolution.fullyConnected(
              parameters, "fc", new SpikingConvolution.Window(16, 24, 7), Norm.NONE);
      bench.bind(parameters);
      Parameter weight = parameters.all().get(0);
      Parameter bias = parameters.all().get(1);
      assertThat(weight.shape()).containsExactly(24, 16 * 49);
      bias.value().put(bench.noise(24));
      Tensor numbers = bench.spikes(rate, 5, 7, 7, 16);
      Tensor dy = bench.noise(5, 1, 1, 24);
      float[] expected = product(numbers, weight, bias);
      Pass pass = bench.training(1);
      try (Tensor bits = Tensor.allocate(DataType.BIT, numbers.shape())) {
        bits.put(numbers.toArray());
        assertThat(layer.forward(pass, bits).toArray()).containsExactly(expected, within(1e-4f));
        Tensor dx = layer.backwardFrom(pass, dy);
        float[] spikes = numbers.toArray();
        for (int i = 0; i < spikes.length; i += 97) {
          double sum = 0;
          for (int o = 0; o < 24; o++) {
            sum += dy.get(i / (49 * 16) * 24L + o) * weight.value().get(place(i, o));
          }
          assertThat(dx.get(i)).isCloseTo((float) sum, within(1e-4f));
          float gradient = 0;
          for (int n = 0; n < 5; n++) {
            gradient += spikes[n * 49 * 16 + i % (49 * 16)] * dy.get(n * 24L);
          }
          assertThat(weight.gradient().get(place(i, 0))).isCloseTo(gradient, within(1e-4f));
        }
      }
    }
  }

  private static float[] product(Tensor maps, Parameter weight, Parameter bias) {
    float[] spikes = maps.toArray();
    float[] result = new float[5 * 24];
    for (int i = 0; i < spikes.length; i++) {
      for (int o = 0; o < 24; o++) {
        result[i / (49 * 16) * 24 + o] += spikes[i] * weight.value().get(place(i, o));
      }
    }
    for (int i = 0; i < result.length; i++) {
      result[i] += bias.value().get(i % 24);
    }
    return result;
  }

  /** The weight from an element of the maps [N, 7, 7, 16] to an output. */
  private static int place(int element, int output) {
    int channel = element % 16;
    int pixel = element / 16 % 49;
    return (output * 16 + channel) * 49 + pixel;
  }
}
