package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.Piece.Division;
import io.spikeformer.model.kernel.fast.Piece.Side;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceTest {
  private static ConvolutionShape shape(int images, int height, int window, int stride) {
    return new ConvolutionShape(images, height, 10, 8, 16, window, stride, window / 2, false);
  }

  /** The rows of the divided side are taken once each, with all that belongs to them. */
  @ParameterizedTest
  @CsvSource({
    "OUTPUT, 40, 3, 1, 1, 800", "OUTPUT, 41, 3, 2, 2, 900", "OUTPUT, 37, 7, 2, 8, 2000",
    "OUTPUT, 64, 1, 1, 1, 640", "OUTPUT, 9, 3, 1, 3, 1", "OUTPUT, 5, 5, 1, 1, 300",
    "INPUT, 40, 3, 1, 8, 800", "INPUT, 41, 3, 2, 8, 6000", "INPUT, 37, 7, 2, 1, 2000",
    "INPUT, 64, 1, 1, 64, 100000", "INPUT, 33, 4, 2, 8, 0"
  })
  void bandsHoldWhatBelongsTogether(
      Side side, int height, int window, int stride, int threads, long most) {
    ConvolutionShape shape =
        new ConvolutionShape(2, height, 400, 8, 16, window, stride, window / 2, false);
    Division division = Division.of(shape, side, threads);
    long rowIn = 400L * 8;
    long rowOut = shape.outputWidth() * 16L;
    long next = 0;
    for (int part = 0; part < division.parts(); part++) {
      for (Piece piece : division.pieces(part, most == 0 ? 0 : 160L * height, Math.max(1, most))) {
        assertThat(side == Side.OUTPUT ? piece.output() : piece.input()).isEqualTo(next);
        next += side == Side.OUTPUT ? piece.outputs() : piece.inputs();
        int images = piece.shape().images();
        assertThat(piece.inputs()).isEqualTo(images * piece.shape().height() * rowIn);
        int rows = (piece.shape().height() + piece.above() + piece.below() - window) / stride + 1;
        assertThat(piece.outputs()).isEqualTo(images * rows * rowOut);
        // the first window begins as far above the piece of x as it does in the whole
        long firstRow = piece.output() / rowOut % shape.outputHeight();
        long from = piece.input() / rowIn % height;
        assertThat(from - piece.above()).isEqualTo(firstRow * stride - window / 2);
      }
    }
    long rows = side == Side.OUTPUT ? shape.outputHeight() * rowOut : height * rowIn;
    assertThat(next).isEqualTo(2 * rows);
  }

  @Test
  void imagesThatFitStayWholeAndSmallOnesHaveOneThread() {
    ConvolutionShape shape = shape(7, 8, 3, 1);
    Division one = Division.of(shape, Side.OUTPUT, 1);
    assertThat(one.pieces(0, 0, 1)).hasSize(1);
    assertThat(one.pieces(0, 100, 300))
        .extracting(piece -> piece.shape().images())
        .containsExactly(3, 3, 1);
    assertThat(Division.of(shape(1, 8, 3, 1), Side.OUTPUT, 4).parts()).isEqualTo(1);
  }

  /** Images whose copies are larger than a piece: the bands give what plain loops give. */
  @ParameterizedTest
  @CsvSource({
    "3, 1, BFLOAT16, 1",
    "3, 2, FLOAT32, 2",
    "1, 1, BFLOAT16, 3",
    "7, 2, BFLOAT16, 1",
    "7, 2, FLOAT32, 4",
    "3, 1, FLOAT32, 3"
  })
  void bandsOfLargeImagesGiveWhatPlainLoopsGive(
      int window, int stride, DataType type, int threads) {
    int height = 301;
    int width = 60;
    int inputs = 160;
    int outputs = 4;
    ConvolutionShape shape =
        new ConvolutionShape(1, height, width, inputs, outputs, window, stride, window / 2, false);
    Random random = new Random(5);
    float[] spikes = new float[height * width * inputs];
    for (int i = 0; i < spikes.length; i++) {
      spikes[i] = random.nextInt(2);
    }
    float[] weights = new float[(int) shape.weights()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(5) - 2;
    }
    float[] gradient = new float[shape.outputHeight() * shape.outputWidth() * outputs];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = random.nextInt(3) - 1;
    }
    float[][] forward = new float[2][];
    float[][] backward = new float[2][];
    float[][] back = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Kernels kernels = KernelProvider.create(i == 0 ? "reference" : "auto", threads);
          Tensor x = Tensor.allocate(DataType.BIT, 1, height, width, inputs);
          Tensor w = Tensor.of(weights, weights.length);
          Tensor y = Tensor.allocate(type, 1, shape.outputHeight(), shape.outputWidth(), outputs);
          Tensor dw = Tensor.allocate(DataType.FLOAT32, weights.length);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, 1, height, width, inputs)) {
        x.put(spikes);
        kernels.convolution(shape, x, w, null, y);
        forward[i] = y.toArray();
        y.put(gradient);
        kernels.convolutionBackwardWeights(shape, x, y, dw, null);
        backward[i] = dw.toArray();
        kernels.convolutionBackwardData(shape, y, w, dx);
        back[i] = dx.toArray();
      }
    }
    // sums of small integers, exact in float32; in bfloat16 rounded once
    assertThat(forward[1]).containsExactly(forward[0], within(type == DataType.FLOAT32 ? 0f : 1f));
    assertThat(backward[1]).isEqualTo(backward[0]);
    assertThat(back[1]).isEqualTo(back[0]);
  }

  /** The gradient of windows of their own, with more threads than images. */
  @ParameterizedTest
  @CsvSource({"3, 1, 3", "7, 1, 4", "7, 2, 4", "3, 3, 2"})
  void rowsOfADepthwiseGradientGiveWhatPlainLoopsGive(int window, int images, int threads) {
    int channels = 40;
    ConvolutionShape shape =
        new ConvolutionShape(images, 45, 38, channels, channels, window, 1, window / 2, true);
    Random random = new Random(9);
    float[] inputs = new float[images * 45 * 38 * channels];
    float[] gradient = new float[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = random.nextInt(2);
      gradient[i] = random.nextInt(3) - 1;
    }
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Kernels kernels = KernelProvider.create(i == 0 ? "reference" : "auto", threads);
          Tensor x = Tensor.allocate(DataType.BIT, images, 45, 38, channels);
          Tensor dy = Tensor.of(gradient, images, 45, 38, channels);
          Tensor dw = Tensor.allocate(DataType.FLOAT32, shape.weights())) {
        x.put(inputs);
        kernels.convolutionBackwardWeights(shape, x, dy, dw, null);
        found[i] = dw.toArray();
      }
    }
    assertThat(found[1]).isEqualTo(found[0]);
  }
}
