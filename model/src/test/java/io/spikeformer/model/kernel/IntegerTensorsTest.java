package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.model.KernelProvider;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel that may read integers in planes of bits, against the same numbers as float32. */
class IntegerTensorsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static List<Kernels> all;

  @BeforeAll
  static void open() {
    all = List.of(PLAIN, KernelProvider.create("auto", 1), KernelProvider.create("auto", 2));
  }

  @AfterAll
  static void close() {
    all.forEach(Kernels::close);
  }

  private static Tensor floats(Tensor integers) {
    return Tensor.of(integers.toArray(), integers.shape());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "4, 0.25", "3, 0.5", "8, 0.125", "5, 0.2"})
  void integersAreKeptInUnaryCode(int planes, float unit) {
    Tensor tensor = Tensor.allocateIntegers(planes, unit, 2, 3, 16);
    float[] values = new float[96];
    long sum = 0;
    for (int i = 0; i < values.length; i++) {
      int integer = i * 7 % (planes + 1);
      values[i] = unit * integer;
      sum += integer;
    }
    tensor.put(values);
    assertThat(tensor.toArray()).isEqualTo(values);
    assertThat(tensor.get(95)).isEqualTo(values[95]);
    assertThat(tensor.byteSize()).isEqualTo(12L * planes);
    assertThat(tensor.slice(48, 3, 16).toArray()).isEqualTo(Arrays.copyOfRange(values, 48, 96));
    long bits = 0;
    for (int i = 0; i < 12 * planes; i++) {
      bits += Integer.bitCount(tensor.bytes(0, 96).get(i) & 0xff);
    }
    assertThat(bits).isEqualTo(sum);
    assertThat(tensor.withUnit(1).reshape(96).get(95)).isEqualTo(95 * 7 % (planes + 1));
  }

  @Test
  void impossiblePlanesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.allocateIntegers(0, 1, 8))
        .withMessage("planes: expected >= 1 of a unit > 0, found 0 of 1.0");
  }

  /** A convolution of integers. */
  record Product(int levels, float unit, ConvolutionShape shape) {}

  static List<Product> products() {
    return List.of(
        new Product(4, 0.25f, new ConvolutionShape(3, 10, 7, 32, 20, 3, 1, 1, false)),
        new Product(4, 1, new ConvolutionShape(5, 8, 8, 48, 96, 1, 1, 0, false)),
        new Product(8, 0.125f, new ConvolutionShape(4, 16, 16, 64, 96, 3, 1, 1, false)),
        new Product(8, 0.125f, new ConvolutionShape(4, 16, 16, 128, 96, 1, 1, 0, false)),
        new Product(3, 1f / 3, new ConvolutionShape(4, 16, 16, 64, 96, 3, 1, 1, false)),
        new Product(3, 1f / 3, new ConvolutionShape(4, 16, 16, 128, 64, 1, 1, 0, false)),
        new Product(2, 0.5f, new ConvolutionShape(4, 16, 16, 16, 32, 3, 2, 1, false)),
        new Product(4, 0.25f, new ConvolutionShape(64, 1, 1, 192, 10, 1, 1, 0, false)),
        new Product(4, 0.25f, new ConvolutionShape(3, 20, 17, 40, 40, 7, 1, 3, true)),
        new Product(5, 0.2f, new ConvolutionShape(5, 10, 12, 16, 16, 3, 1, 0, true)));
  }

  @ParameterizedTest
  @MethodSource("products")
  void productsAgree(Product product) {
    ConvolutionShape shape = product.shape;
    int levels = product.levels;
    int images = shape.images();
    int outputs = shape.outputs();
    for (double most : new double[] {0.3, levels}) {
      Samples samples = new Samples(7);
      Tensor x =
          samples.integers(
              levels, product.unit, most, images, shape.height(), shape.width(), shape.inputs());
      Tensor w = samples.normal(DataType.BFLOAT16, shape.weights());
      Tensor weights = Tensor.of(w.toArray(), shape.weights());
      Tensor bias = samples.normal(FLOAT32, outputs);
      long[] out = {images, shape.outputHeight(), shape.outputWidth(), outputs};
      for (DataType type : Samples.NUMBERS) {
        Tensor dy = samples.normal(type, out);
        Tensor y = Tensor.allocate(FLOAT32, out);
        PLAIN.convolution(shape, floats(x), weights, bias, y);
        Tensor dw = Tensor.allocate(FLOAT32, shape.weights());
        Tensor db = Tensor.allocate(FLOAT32, outputs);
        PLAIN.convolutionBackwardWeights(shape, floats(x), dy, dw, db);
        for (Kernels kernels : all) {
          Tensor found = Tensor.allocate(type, out);
          kernels.convolution(shape, x, weights, bias, found);
          double tolerance = type == FLOAT32 ? 2e-5 : 0.02;
          Close.assertClose(found.toArray(), y.toArray(), tolerance);
          Tensor foundWeights = Tensor.allocate(FLOAT32, shape.weights());
          Tensor foundBias = Tensor.allocate(FLOAT32, outputs);
          kernels.convolutionBackwardWeights(shape, x, dy, foundWeights, foundBias);
          Close.assertClose(foundWeights.toArray(), dw.toArray(), 2e-5);
          Close.assertClose(foundBias.toArray(), db.toArray(), 2e-5);
        }
      }
    }
  }

  @Test
  void keptWeightsServeIntegersToo() {
    ConvolutionShape shape = new ConvolutionShape(4, 16, 16, 64, 64, 3, 1, 1, false);
    for (float unit : new float[] {0.25f, 1f / 3}) {
      for (double most : new double[] {0.1, 3}) {
        Samples samples = new Samples(9);
        Tensor x = samples.integers(3, unit, most, 4, 16, 16, 64);
        Tensor weights = samples.normal(FLOAT32, shape.weights());
        Tensor y = Tensor.allocate(FLOAT32, 4, 16, 16, 64);
        PLAIN.convolution(shape, floats(x), weights, null, y);
        for (Kernels kernels : all) {
          kernels.keep(weights);
          for (int i = 0; i < 2; i++) {
            Tensor found = Tensor.allocate(FLOAT32, 4, 16, 16, 64);
            kernels.convolution(shape, x, weights, null, found);
            Close.assertClose(found.toArray(), y.toArray(), 2e-5);
          }
          kernels.forget(weights);
        }
      }
    }
  }

  @Test
  void sumsOfProductsAreExactInFloat32() {
    int tokens = 200;
    MatmulShape.Strides token = new MatmulShape.Strides(tokens * 64L, 16, 64, 1);
    MatmulShape.Strides square = new MatmulShape.Strides(64 * 16L, 16 * 16L, 16, 1);
    MatmulShape first = new MatmulShape(2, 4, 16, tokens, 16, token.transposed(), token, square);
    MatmulShape second = new MatmulShape(2, 4, tokens, 16, 16, token, square, token);
    Samples samples = new Samples(11);
    Tensor k = samples.integers(8, 1, 8, 2, tokens, 64);
    Tensor v = samples.integers(8, 1, 8, 2, tokens, 64);
    Tensor kv = Tensor.allocate(FLOAT32, 2, 4, 16, 16);
    Tensor y = Tensor.allocate(FLOAT32, 2, tokens, 64);
    PLAIN.matmul(first, k, v, kv);
    PLAIN.matmul(second, k, kv, y);
    for (Kernels kernels : all) {
      Tensor foundSquare = Tensor.allocate(FLOAT32, 2, 4, 16, 16);
      Tensor found = Tensor.allocate(FLOAT32, 2, tokens, 64);
      kernels.matmul(first, k, v, foundSquare);
      kernels.matmul(second, k, foundSquare, found);
      assertThat(foundSquare.toArray()).isEqualTo(kv.toArray());
      assertThat(found.toArray()).isEqualTo(y.toArray());
    }
  }

  @Test
  void mapsArePooledCopiedResampledAndSummed() {
    Samples samples = new Samples(13);
    Tensor x = samples.integers(4, 0.25f, 4, 2, 6, 5, 24);
    PoolingWindow window = new PoolingWindow(3, 2, 1);
    Resampling form =
        Resampling.between(Resampling.Kind.BILINEAR, x.shape(), new long[] {2, 12, 10, 24});
    Tensor pooled = Tensor.allocate(FLOAT32, 2, 3, 3, 24);
    Tensor larger = Tensor.allocate(FLOAT32, 2, 12, 10, 24);
    Tensor sums = Tensor.allocate(FLOAT32, 2, 24);
    PLAIN.maxPool(window, floats(x), pooled);
    PLAIN.resample(form, floats(x), larger);
    PLAIN.sumTokens(floats(x), null, 2, 30, 1, sums);
    for (Kernels kernels : all) {
      Tensor bits = Tensor.allocateIntegers(4, 0.25f, 2, 3, 3, 24);
      kernels.maxPool(window, x, bits);
      assertThat(bits.toArray()).isEqualTo(pooled.toArray());
      Tensor numbers = Tensor.allocate(FLOAT32, 2, 3, 3, 24);
      kernels.maxPool(window, x, numbers);
      assertThat(numbers.toArray()).isEqualTo(pooled.toArray());
      Tensor resampled = Tensor.allocate(FLOAT32, 2, 12, 10, 24);
      kernels.resample(form, x, resampled);
      Close.assertClose(resampled.toArray(), larger.toArray(), 1e-6);
      Tensor summed = Tensor.allocate(FLOAT32, 2, 24);
      kernels.sumTokens(x, null, 2, 30, 1, summed);
      assertThat(summed.toArray()).isEqualTo(sums.toArray());
      Tensor wide = Tensor.allocateIntegers(4, 0.25f, 2, 6, 5, 32);
      wide.zero();
      kernels.copyChannels(x, 8, wide, 16, 16);
      Tensor back = Tensor.allocate(FLOAT32, 2, 6, 5, 16);
      kernels.copyChannels(wide, 16, back, 0, 16);
      Tensor expected = Tensor.allocate(FLOAT32, 2, 6, 5, 16);
      PLAIN.copyChannels(floats(x), 8, expected, 0, 16);
      assertThat(back.toArray()).isEqualTo(expected.toArray());
    }
  }
}
