package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.BFLOAT16;
import static io.spikeformer.model.kernel.DataType.BIT;
import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;

/** Convolutions and matrix products of the fast kernels against the plain ones. */
class FastProductsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static Kernels one;
  private static Kernels two;

  /** A convolution and the types of its input and output. */
  record Case(ConvolutionShape shape, DataType input, DataType output) {}

  @BeforeAll
  static void open() {
    one = KernelProvider.create("fast", 1);
    two = KernelProvider.create("fast", 2);
  }

  @AfterAll
  static void close() {
    one.close();
    two.close();
  }

  static List<Case> cases() {
    List<ConvolutionShape> shapes =
        List.of(
            new ConvolutionShape(3, 9, 11, 3, 10, 7, 2, 3, false),
            new ConvolutionShape(4, 16, 16, 16, 32, 3, 2, 1, false),
            new ConvolutionShape(3, 10, 7, 32, 20, 3, 1, 1, false),
            new ConvolutionShape(5, 8, 8, 48, 96, 1, 1, 0, false),
            new ConvolutionShape(1, 1, 1, 64, 10, 1, 1, 0, false),
            new ConvolutionShape(64, 1, 1, 192, 10, 1, 1, 0, false),
            new ConvolutionShape(6, 5, 5, 24, 40, 5, 1, 0, false),
            // weights of 9 MB, in blocks
            new ConvolutionShape(3, 7, 7, 72, 660, 7, 1, 0, false),
            new ConvolutionShape(3, 20, 17, 40, 40, 7, 1, 3, true),
            new ConvolutionShape(5, 10, 12, 36, 36, 3, 1, 0, true),
            new ConvolutionShape(2, 9, 30, 16, 16, 5, 1, 2, true),
            new ConvolutionShape(2, 12, 12, 10, 10, 9, 1, 4, true),
            new ConvolutionShape(2, 9, 9, 16, 16, 3, 2, 1, true));
    List<Case> cases = new ArrayList<>();
    for (ConvolutionShape shape : shapes) {
      for (DataType input : Samples.types(shape.inputs())) {
        for (DataType output : Samples.NUMBERS) {
          cases.add(new Case(shape, input, output));
        }
      }
    }
    return cases;
  }

  private static Tensor input(Samples samples, Case c) {
    ConvolutionShape s = c.shape;
    return samples.normal(c.input, s.images(), s.height(), s.width(), s.inputs());
  }

  private static Tensor output(Samples samples, Case c) {
    ConvolutionShape s = c.shape;
    return samples.normal(c.output, s.images(), s.outputHeight(), s.outputWidth(), s.outputs());
  }

  /** Weights that a bfloat16 holds exactly, so that only sums and results are rounded. */
  private static Tensor weights(Samples samples, Case c) {
    Tensor exact = samples.normal(BFLOAT16, c.shape.weights());
    return Tensor.of(exact.toArray(), c.shape.weights());
  }

  private static double tolerance(DataType result) {
    return result == BFLOAT16 ? 0.02 : 2e-5;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convolutionsAgree(Case c) {
    Samples samples = new Samples(c.hashCode());
    Tensor x = input(samples, c);
    Tensor w = weights(samples, c);
    for (Tensor bias : new Tensor[] {samples.normal(FLOAT32, c.shape.outputs()), null}) {
      Tensor expected = output(samples, c);
      PLAIN.convolution(c.shape, x, w, bias, expected);
      for (Kernels fast : List.of(one, two)) {
        Tensor actual = output(samples, c);
        fast.convolution(c.shape, x, w, bias, actual);
        Close.assertClose(actual.toArray(), expected.toArray(), tolerance(c.output));
      }
    }
  }

  static List<Case> casesWithGradients() {
    return cases().stream().filter(c -> c.input != BIT).toList();
  }

  @ParameterizedTest
  @MethodSource("casesWithGradients")
  void gradientsOfTheInputAgree(Case c) {
    Samples samples = new Samples(c.hashCode());
    Tensor dy = output(samples, c);
    Tensor w = weights(samples, c);
    Tensor expected = input(samples, c);
    PLAIN.convolutionBackwardData(c.shape, dy, w, expected);
    for (Kernels fast : List.of(one, two)) {
      Tensor actual = input(samples, c);
      fast.convolutionBackwardData(c.shape, dy, w, actual);
      Close.assertClose(actual.toArray(), expected.toArray(), tolerance(c.input));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsOfTheWeightsAgree(Case c) {
    Samples samples = new Samples(c.hashCode());
    Tensor x = input(samples, c);
    Tensor dy = output(samples, c);
    Tensor expected = Tensor.allocate(FLOAT32, c.shape.weights());
    Tensor expectedBias = Tensor.allocate(FLOAT32, c.shape.outputs());
    PLAIN.convolutionBackwardWeights(c.shape, x, dy, expected, expectedBias);
    for (Kernels fast : List.of(one, two)) {
      Tensor actual = samples.normal(FLOAT32, c.shape.weights());
      Tensor bias = samples.normal(FLOAT32, c.shape.outputs());
      fast.convolutionBackwardWeights(c.shape, x, dy, actual, bias);
      Close.assertClose(actual.toArray(), expected.toArray(), 2e-5);
      Close.assertClose(bias.toArray(), expectedBias.toArray(), 2e-5);
      fast.convolutionBackwardWeights(c.shape, x, dy, actual, null);
      Close.assertClose(actual.toArray(), expected.toArray(), 2e-5);
    }
  }

  @Test
  void weightGradientsAreTheSameBitsEveryTime() {
    Samples samples = new Samples(3);
    for (boolean depthwise : new boolean[] {true, false}) {
      Case c =
          new Case(new ConvolutionShape(5, 14, 14, 32, 32, 3, 1, 1, depthwise), BFLOAT16, BFLOAT16);
      Tensor x = input(samples, c);
      Tensor dy = output(samples, c);
      for (Kernels fast : List.of(one, two)) {
        Tensor dw = Tensor.allocate(FLOAT32, c.shape.weights());
        fast.convolutionBackwardWeights(c.shape, x, dy, dw, null);
        float[] first = dw.toArray();
        for (int i = 0; i < 20; i++) {
          fast.convolutionBackwardWeights(c.shape, x, dy, dw, null);
          assertThat(dw.toArray()).isEqualTo(first);
        }
      }
    }
  }

  /** ND4J's first use sets the calling thread's OpenMP threads to the number of processors. */
  @Test
  void productsKeepToTheirOwnThreadsWhateverOthersSet() {
    Nd4jCpu openMp = new Nd4jCpu();
    Case c = new Case(new ConvolutionShape(3, 9, 9, 16, 20, 3, 1, 1, false), FLOAT32, FLOAT32);
    Samples samples = new Samples(4);
    openMp.setOmpNumThreads(2);
    two.convolution(c.shape, input(samples, c), weights(samples, c), null, output(samples, c));
    assertThat(openMp.ompGetMaxThreads()).isEqualTo(1);
  }

  @Test
  void matrixProductsOfHeadsAgree() {
    int images = 3;
    int tokens = 25;
    int heads = 4;
    int depth = 12;
    int channels = heads * depth;
    MatmulShape.Strides token =
        new MatmulShape.Strides((long) tokens * channels, depth, channels, 1);
    MatmulShape.Strides square =
        new MatmulShape.Strides((long) channels * depth, (long) depth * depth, depth, 1);
    MatmulShape keysByValues =
        new MatmulShape(images, heads, depth, tokens, depth, token.transposed(), token, square);
    MatmulShape queries =
        new MatmulShape(images, heads, tokens, depth, depth, token, square, token);
    Samples samples = new Samples(8);
    for (DataType type : DataType.values()) {
      for (DataType result : Samples.NUMBERS) {
        Tensor k = samples.spikes(type, images, tokens, channels);
        Tensor v = samples.normal(type, images, tokens, channels);
        Tensor expected = Tensor.allocate(result, images, heads, depth, depth);
        PLAIN.matmul(keysByValues, k, v, expected);
        Tensor expectedOut = samples.normal(result, images, tokens, channels);
        PLAIN.matmul(queries, k, expected, expectedOut);
        for (Kernels fast : List.of(one, two)) {
          Tensor actual = Tensor.allocate(result, images, heads, depth, depth);
          fast.matmul(keysByValues, k, v, actual);
          Close.assertClose(actual.toArray(), expected.toArray(), tolerance(result));
          Tensor out = samples.normal(result, images, tokens, channels);
          fast.matmul(queries, k, expected, out);
          Close.assertClose(out.toArray(), expectedOut.toArray(), tolerance(result));
        }
      }
    }
  }
}
