package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.BFLOAT16;
import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceKernelsTest {
  private final Kernels kernels = new ReferenceKernels();

  static Stream<ConvolutionShape> shapes() {
    return Stream.of(
        new ConvolutionShape(2, 5, 6, 3, 4, 3, 1, 1, false),
        new ConvolutionShape(1, 9, 8, 2, 5, 7, 2, 3, false),
        new ConvolutionShape(2, 7, 7, 4, 3, 3, 2, 1, false),
        new ConvolutionShape(2, 4, 3, 6, 5, 1, 1, 0, false),
        new ConvolutionShape(2, 6, 5, 5, 5, 7, 1, 3, true),
        new ConvolutionShape(1, 6, 7, 3, 3, 3, 1, 0, true));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void convolutionIsTheSumOverTheWindow(ConvolutionShape s) {
    Samples samples = new Samples(1);
    Tensor x = samples.normal(FLOAT32, s.images(), s.height(), s.width(), s.inputs());
    Tensor w = samples.normal(FLOAT32, s.weights());
    Tensor bias = samples.normal(FLOAT32, s.outputs());
    Tensor y = Tensor.allocate(FLOAT32, s.images(), s.outputHeight(), s.outputWidth(), s.outputs());
    kernels.convolution(s, x, w, bias, y);
    int index = 0;
    for (int n = 0; n < s.images(); n++) {
      for (int oy = 0; oy < s.outputHeight(); oy++) {
        for (int ox = 0; ox < s.outputWidth(); ox++) {
          for (int o = 0; o < s.outputs(); o++) {
            double expected = bias.get(o) + window(s, x, w, n, oy, ox, o);
            assertThat((double) y.get(index++)).isCloseTo(expected, within(1e-5));
          }
        }
      }
    }
  }

  private static double window(
      ConvolutionShape s, Tensor x, Tensor w, int n, int oy, int ox, int o) {
    double sum = 0;
    int fanIn = s.depthwise() ? 1 : s.inputs();
    for (int i = 0; i < fanIn; i++) {
      for (int ky = 0; ky < s.window(); ky++) {
        for (int kx = 0; kx < s.window(); kx++) {
          int iy = oy * s.stride() + ky - s.padding();
          int ix = ox * s.stride() + kx - s.padding();
          if (iy < 0 || iy >= s.height() || ix < 0 || ix >= s.width()) {
            continue;
          }
          int channel = s.depthwise() ? o : i;
          long xi = (((long) n * s.height() + iy) * s.width() + ix) * s.inputs() + channel;
          long wi = (((long) o * fanIn + i) * s.window() + ky) * s.window() + kx;
          sum += (double) x.get(xi) * w.get(wi);
        }
      }
    }
    return sum;
  }

  /** Convolution is linear in x and in the weights, so its derivatives are its adjoints. */
  @ParameterizedTest
  @MethodSource("shapes")
  void convolutionGradientsAreAdjoint(ConvolutionShape s) {
    Samples samples = new Samples(2);
    Tensor x = samples.normal(FLOAT32, s.images(), s.height(), s.width(), s.inputs());
    Tensor w = samples.normal(FLOAT32, s.weights());
    Tensor dy = samples.normal(FLOAT32, s.images(), s.outputHeight(), s.outputWidth(), s.outputs());
    Tensor y = Tensor.allocate(FLOAT32, dy.shape());
    kernels.convolution(s, x, w, null, y);
    double expected = Samples.dot(y, dy);
    Tensor dx = Tensor.allocate(FLOAT32, x.shape());
    kernels.convolutionBackwardData(s, dy, w, dx);
    assertThat(Samples.dot(dx, x)).isCloseTo(expected, within(1e-4));
    Tensor dw = Tensor.allocate(FLOAT32, w.shape());
    Tensor db = Tensor.allocate(FLOAT32, s.outputs());
    kernels.convolutionBackwardWeights(s, x, dy, dw, db);
    assertThat(Samples.dot(dw, w)).isCloseTo(expected, within(1e-4));
    Tensor one = Tensor.allocate(FLOAT32, dy.shape());
    one.zero();
    kernels.affine(
        new Drive(one, new float[s.outputs()], samples.array(s.outputs(), 0, 1), null), one);
    float[] bias = one.slice(0, s.outputs()).toArray();
    assertThat(Samples.dot(db, Tensor.of(bias, bias.length)))
        .isCloseTo(Samples.dot(dy, one), within(1e-4));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void convolutionGradientsEqualFiniteDifferences(ConvolutionShape s) {
    Samples samples = new Samples(3);
    Tensor x = samples.normal(FLOAT32, s.images(), s.height(), s.width(), s.inputs());
    Tensor w = samples.normal(FLOAT32, s.weights());
    Tensor dy = samples.normal(FLOAT32, s.images(), s.outputHeight(), s.outputWidth(), s.outputs());
    Tensor dx = Tensor.allocate(FLOAT32, x.shape());
    Tensor dw = Tensor.allocate(FLOAT32, w.shape());
    kernels.convolutionBackwardData(s, dy, w, dx);
    kernels.convolutionBackwardWeights(s, x, dy, dw, null);
    for (int k = 0; k < 10; k++) {
      int xi = (int) (k * (x.elements() - 1) / 9);
      int wi = (int) (k * (w.elements() - 1) / 9);
      assertThat((double) dx.get(xi)).isCloseTo(slope(s, x, w, dy, x, xi), within(2e-3));
      assertThat((double) dw.get(wi)).isCloseTo(slope(s, x, w, dy, w, wi), within(2e-2));
    }
  }

  private double slope(ConvolutionShape s, Tensor x, Tensor w, Tensor dy, Tensor of, int index) {
    Tensor y = Tensor.allocate(FLOAT32, dy.shape());
    float[] values = of.toArray();
    float original = values[index];
    double step = 0.5; // the function is linear, so a long step only helps
    values[index] = (float) (original + step);
    of.put(values);
    kernels.convolution(s, x, w, null, y);
    double above = Samples.dot(y, dy);
    values[index] = (float) (original - step);
    of.put(values);
    kernels.convolution(s, x, w, null, y);
    double below = Samples.dot(y, dy);
    values[index] = original;
    of.put(values);
    return (above - below) / (2 * step);
  }

  @Test
  void matmulFollowsTheStridesOfItsOperands() {
    // tokens [images=2, N=3, heads*D=4] as heads of 2 channels: K^T V
    Samples samples = new Samples(4);
    Tensor k = samples.normal(FLOAT32, 2, 3, 4);
    Tensor v = samples.normal(FLOAT32, 2, 3, 4);
    Tensor out = Tensor.allocate(FLOAT32, 2, 2, 2, 2);
    MatmulShape.Strides tokens = new MatmulShape.Strides(12, 2, 4, 1);
    MatmulShape.Strides dense = new MatmulShape.Strides(8, 4, 2, 1);
    kernels.matmul(new MatmulShape(2, 2, 2, 3, 2, tokens.transposed(), tokens, dense), k, v, out);
    for (int image = 0; image < 2; image++) {
      for (int head = 0; head < 2; head++) {
        for (int r = 0; r < 2; r++) {
          for (int c = 0; c < 2; c++) {
            double expected = 0;
            for (int n = 0; n < 3; n++) {
              int token = (image * 3 + n) * 4 + head * 2;
              expected += (double) k.get(token + r) * v.get(token + c);
            }
            assertThat((double) out.get(((image * 2 + head) * 2 + r) * 2 + c))
                .isCloseTo(expected, within(1e-6));
          }
        }
      }
    }
  }

  @Test
  void momentsAreAccurateFarFromZero() {
    Tensor value = Tensor.of(new float[] {10000, 1, 10002, 3, 10004, 5}, 3, 2);
    float[] mean = new float[2];
    float[] variance = new float[2];
    kernels.moments(value, mean, variance);
    assertThat(mean).containsExactly(10002, 3);
    assertThat(variance).containsExactly(8 / 3f, 8 / 3f);
  }

  @Test
  void padPutsTheBorderAroundAndCropTakesItAway() {
    Samples samples = new Samples(5);
    Tensor x = samples.normal(FLOAT32, 2, 2, 3, 2);
    Tensor padded = Tensor.allocate(FLOAT32, 2, 4, 5, 2);
    float[] border = {7, -7};
    kernels.pad(Drive.of(x), 2, 2, 3, border, padded);
    float[] all = padded.toArray();
    for (int i = 0; i < all.length; i++) {
      int row = i / 10 % 4;
      int column = i / 2 % 5;
      boolean inside = row >= 1 && row <= 2 && column >= 1 && column <= 3;
      int image = i / 40;
      float expected =
          inside ? x.get(((image * 2L + row - 1) * 3 + column - 1) * 2 + i % 2) : border[i % 2];
      assertThat(all[i]).isEqualTo(expected);
    }
    Tensor back = Tensor.allocate(FLOAT32, 2, 2, 3, 2);
    kernels.crop(padded, 2, 2, 3, back);
    assertThat(back.toArray()).containsExactly(x.toArray());
  }

  @Test
  void elementwiseKernelsFollowTheirDefinitions() {
    Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
    Tensor b = Tensor.of(new float[] {1, 0, 1, 1, 0, 0, 2, 1}, 4, 2);
    Tensor out = Tensor.allocate(FLOAT32, 4, 2);
    kernels.add(a, b, out);
    assertThat(out.toArray()).containsExactly(2, 2, 4, 5, 5, 6, 9, 9);
    kernels.combine(a, f(2, 1), f(10, 20), b, f(-1, 3), out);
    assertThat(out.toArray()).containsExactly(11, 22, 15, 27, 20, 26, 22, 31);
    kernels.affine(new Drive(a, f(2, 1), f(1, 0), b), out);
    assertThat(out.toArray()).containsExactly(4, 2, 8, 5, 11, 6, 17, 9);
    Tensor rows = Tensor.allocate(FLOAT32, 2, 2);
    kernels.sumTokens(a, b, 2, 2, 0.5f, rows);
    assertThat(rows.toArray()).containsExactly(2, 2, 7, 4);
    kernels.sumTokens(a, null, 2, 2, 1, rows);
    assertThat(rows.toArray()).containsExactly(4, 6, 12, 14);
    kernels.scaleTokens(rows, a, 2, 2, 0.5f, out);
    assertThat(out.toArray()).containsExactly(2, 6, 6, 12, 30, 42, 42, 56);
    kernels.scaleTokens(rows, null, 2, 2, 1, out);
    assertThat(out.toArray()).containsExactly(4, 6, 4, 6, 12, 14, 12, 14);
    ChannelSums sums = new ChannelSums(2);
    kernels.gradientSums(a, b, f(1, 0), sums);
    assertThat(sums.gradient()).containsExactly(16, 20);
    assertThat(sums.product()).containsExactly(2, 12);
  }

  @Test
  void bfloat16ResultsAreRoundedToNearestEven() {
    Tensor x = Tensor.of(new float[] {1.00390625f, 1.01171875f, -3.1415926f, 1e-40f}, 2, 2);
    Tensor out = Tensor.allocate(BFLOAT16, 2, 2);
    kernels.affine(Drive.of(x), out);
    assertThat(List.of(out.get(0), out.get(1), out.get(2)))
        .containsExactly(1.0f, 1.015625f, -3.140625f);
  }

  private static float[] f(float... values) {
    return values;
  }
}
