package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceTest {
  private static ConvolutionShape shape(int images, int height, int window, int stride) {
    return new ConvolutionShape(images, height, 10, 8, 16, window, stride, window / 2, false);
  }

  @ParameterizedTest
  @CsvSource({
    "40, 3, 1, 800",
    "41, 3, 2, 900",
    "37, 7, 2, 2000",
    "64, 1, 1, 640",
    "50, 1, 2, 500",
    "9, 3, 1, 1",
    "5, 5, 1, 300"
  })
  void bandsReadWhatTheirWindowsNeedAndWriteEveryRowOnce(
      int height, int window, int stride, long most) {
    ConvolutionShape shape = shape(3, height, window, stride);
    List<Piece> pieces = Piece.of(shape, 1, 3, 160L * height, most);
    long rowIn = 80;
    long rowOut = shape.outputWidth() * 16L;
    long next = shape.outputHeight() * rowOut;
    for (Piece piece : pieces) {
      assertThat(piece.output()).isEqualTo(next);
      next += piece.outputs();
      long image = piece.output() / rowOut / shape.outputHeight();
      long row = piece.output() / rowOut % shape.outputHeight();
      long rows = piece.outputs() / rowOut;
      long begin = row * stride - window / 2;
      long end = begin + (rows - 1) * stride + window;
      assertThat(piece.input()).isEqualTo((image * height + Math.max(0, begin)) * rowIn);
      assertThat(piece.inputs()).isEqualTo((Math.min(height, end) - Math.max(0, begin)) * rowIn);
      assertThat(piece.above()).isEqualTo((int) Math.max(0, -begin));
      assertThat(piece.below()).isEqualTo((int) Math.max(0, end - height));
      assertThat(piece.shape().height()).isEqualTo((int) (end - begin));
    }
    assertThat(next).isEqualTo(3 * shape.outputHeight() * rowOut);
    assertThat(pieces.stream().map(Piece::shape).distinct().count()).isLessThanOrEqualTo(2);
  }

  @Test
  void imagesThatFitStayWhole() {
    ConvolutionShape shape = shape(7, 8, 3, 1);
    assertThat(Piece.of(shape, 0, 7, 0, 1)).hasSize(1);
    assertThat(Piece.of(shape, 0, 7, 100, 300))
        .extracting(piece -> piece.shape().images())
        .containsExactly(3, 3, 1);
  }

  /** Images whose copies are larger than a piece: the bands give what plain loops give. */
  @ParameterizedTest
  @CsvSource({"3, 1, BFLOAT16", "3, 2, FLOAT32", "1, 1, BFLOAT16", "7, 2, BFLOAT16"})
  void bandsOfLargeImagesGiveWhatPlainLoopsGive(int window, int stride, DataType type) {
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
    for (int i = 0; i < 2; i++) {
      try (Kernels kernels = KernelProvider.create(i == 0 ? "reference" : "auto", 1);
          Tensor x = Tensor.allocate(DataType.BIT, 1, height, width, inputs);
          Tensor w = Tensor.of(weights, weights.length);
          Tensor y = Tensor.allocate(type, 1, shape.outputHeight(), shape.outputWidth(), outputs);
          Tensor dw = Tensor.allocate(DataType.FLOAT32, weights.length)) {
        x.put(spikes);
        kernels.convolution(shape, x, w, null, y);
        forward[i] = y.toArray();
        y.put(gradient);
        kernels.convolutionBackwardWeights(shape, x, y, dw, null);
        backward[i] = dw.toArray();
      }
    }
    // sums of small integers, exact in float32; in bfloat16 rounded once
    assertThat(forward[1]).containsExactly(forward[0], within(type == DataType.FLOAT32 ? 0f : 1f));
    assertThat(backward[1]).isEqualTo(backward[0]);
  }
}
