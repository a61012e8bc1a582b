package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.BFLOAT16;
import static io.spikeformer.model.kernel.DataType.BIT;
import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast elementwise kernels against the plain ones, on sizes with tails and on extremes. */
class FastKernelsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static Kernels one;
  private static Kernels two;

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

  /** Rows and channels, and the type of the value. */
  record Size(int rows, int channels, DataType type) {}

  static List<Size> sizes() {
    List<Size> sizes = new ArrayList<>();
    for (int channels : new int[] {1, 3, 8, 10, 16, 32, 360, 1500}) {
      for (DataType type : Samples.types(channels)) {
        sizes.add(new Size(1, channels, type));
        sizes.add(new Size(7, channels, type));
        sizes.add(new Size(40_000 / channels + 3, channels, type));
      }
    }
    return sizes;
  }

  private static long seed(Size s) {
    return 31L * s.rows + s.channels;
  }

  private static void forBoth(BiConsumer<Kernels, Tensor> run, DataType type, Size s) {
    Tensor expected = Tensor.allocate(type, s.rows, s.channels);
    run.accept(PLAIN, expected);
    for (Kernels fast : List.of(one, two)) {
      Tensor actual = Tensor.allocate(type, s.rows, s.channels);
      run.accept(fast, actual);
      assertThat(actual.toArray()).as(fast.name() + fast.threads()).isEqualTo(expected.toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 48, 64, 80, 384})
  void rowsOfWholeNumbersHaveTheSameSums(int length) {
    Random random = new Random(length);
    short[] table = new short[50 * length];
    int[] rows = new int[300];
    int[] sums = new int[3 * length];
    for (int i = 0; i < table.length; i++) {
      table[i] = (short) random.nextInt();
    }
    Arrays.setAll(rows, k -> random.nextInt(50) * length);
    Arrays.setAll(sums, i -> random.nextInt());
    for (int count : new int[] {0, 1, 299}) {
      int[] expected = sums.clone();
      int[] actual = sums.clone();
      PLAIN.addRows(table, rows, count, expected, length, length);
      one.addRows(table, rows, count, actual, length, length);
      assertThat(actual).isEqualTo(expected);
      assertThat(Arrays.equals(expected, sums)).isEqualTo(count == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void elementwiseKernelsGiveTheSameBits(Size s) {
    Samples samples = new Samples(seed(s));
    Tensor value = samples.normal(s.type, s.rows, s.channels);
    Tensor residual = samples.normal(FLOAT32, s.rows, s.channels);
    float[] a = samples.array(s.channels, 1, 1);
    float[] b = samples.array(s.channels, 0, 1);
    float[] c = samples.array(s.channels, 0, 1);
    for (DataType out : Samples.types(s.channels)) {
      forBoth((k, y) -> k.affine(Drive.of(value), y), out, s);
      forBoth((k, y) -> k.affine(Drive.affine(value, a, b), y), out, s);
      forBoth((k, y) -> k.affine(new Drive(value, a, b, residual), y), out, s);
      forBoth((k, y) -> k.combine(residual, a, b, value, c, y), out, s);
      forBoth((k, y) -> k.add(value, residual, y), out, s);
    }
  }

  @Test
  void resultsMayOverwriteAnOperand() {
    Samples samples = new Samples(5);
    Tensor value = samples.normal(FLOAT32, 5000, 7);
    Tensor residual = samples.normal(FLOAT32, 5000, 7);
    Tensor expected = Tensor.allocate(FLOAT32, 5000, 7);
    PLAIN.add(value, residual, expected);
    two.affine(new Drive(value, null, null, residual), residual);
    assertThat(residual.toArray()).isEqualTo(expected.toArray());
  }

  @Test
  void extremesAreRoundedAsPlainCodeRoundsThem() {
    float[] values = {
      0f,
      -0f,
      Float.NaN,
      Float.intBitsToFloat(0x7f800001),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.MIN_VALUE,
      1e-40f,
      1.00390625f,
      1.01171875f,
      Float.intBitsToFloat(0x3f7fffff),
      -1.5f,
      3.3895314e38f,
      65504f,
      7f
    };
    Tensor x = Tensor.of(values, values.length, 1);
    Tensor expected = Tensor.allocate(BFLOAT16, values.length, 1);
    Tensor actual = Tensor.allocate(BFLOAT16, values.length, 1);
    PLAIN.affine(Drive.of(x), expected);
    two.affine(Drive.of(x), actual);
    assertThat(actual.toArray()).isEqualTo(expected.toArray());
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void momentsAgree(Size s) {
    Samples samples = new Samples(seed(s));
    Tensor value = samples.filled(s.type, new long[] {s.rows, s.channels}, 30, 0.5f);
    float[] mean = new float[s.channels];
    float[] variance = new float[s.channels];
    PLAIN.moments(value, mean, variance);
    for (Kernels fast : List.of(one, two)) {
      float[] fastMean = new float[s.channels];
      float[] fastVariance = new float[s.channels];
      fast.moments(value, fastMean, fastVariance);
      Close.assertClose(fastMean, mean, 1e-6);
      Close.assertClose(fastVariance, variance, 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void gradientSumsAgree(Size s) {
    Samples samples = new Samples(seed(s));
    Tensor dx = samples.normal(FLOAT32, s.rows, s.channels);
    Tensor value = samples.filled(s.type, new long[] {s.rows, s.channels}, 3, 1);
    float[] centre = samples.array(s.channels, 3, 0.1f);
    ChannelSums expected = new ChannelSums(s.channels);
    PLAIN.gradientSums(dx, value, centre, expected);
    for (Kernels fast : List.of(one, two)) {
      ChannelSums sums = new ChannelSums(s.channels);
      fast.gradientSums(dx, value, centre, sums);
      Close.assertClose(sums.gradient(), expected.gradient(), 1e-6 * Math.sqrt(s.rows));
      Close.assertClose(sums.product(), expected.product(), 1e-6 * Math.sqrt(s.rows));
    }
  }

  /** Images of tokens. */
  record Grid(int images, int height, int width, int channels) {}

  static List<Grid> grids() {
    return List.of(
        new Grid(1, 1, 1, 1),
        new Grid(3, 4, 5, 10),
        new Grid(2, 7, 3, 16),
        new Grid(5, 14, 14, 36),
        new Grid(3, 5, 3, 40),
        new Grid(128, 4, 4, 48));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void paddingAndCroppingGiveTheSameBits(Grid g) {
    Samples samples = new Samples(g.hashCode());
    for (DataType type : Samples.types(g.channels)) {
      Tensor x = samples.normal(type, g.images, g.height, g.width, g.channels);
      Drive drive =
          Drive.affine(x, samples.array(g.channels, 1, 1), samples.array(g.channels, 0, 1));
      float[] border = samples.array(g.channels, 0, 1);
      long[] wide = {g.images, g.height + 2, g.width + 2, g.channels};
      Tensor expected = Tensor.allocate(type, wide);
      PLAIN.pad(drive, g.images, g.height, g.width, border, expected);
      for (Kernels fast : List.of(one, two)) {
        Tensor padded = Tensor.allocate(type, wide);
        fast.pad(drive, g.images, g.height, g.width, border, padded);
        assertThat(padded.toArray()).isEqualTo(expected.toArray());
        Tensor back = Tensor.allocate(FLOAT32, x.shape());
        Tensor expectedBack = Tensor.allocate(FLOAT32, x.shape());
        fast.crop(padded, g.images, g.height, g.width, back);
        PLAIN.crop(padded, g.images, g.height, g.width, expectedBack);
        assertThat(back.toArray()).isEqualTo(expectedBack.toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("grids")
  void tokenKernelsAgree(Grid g) {
    Samples samples = new Samples(g.hashCode());
    int tokens = g.height * g.width;
    for (DataType type : Samples.types(g.channels)) {
      Tensor a = samples.normal(type == BIT ? FLOAT32 : type, g.images, tokens, g.channels);
      Tensor b = samples.spikes(type, g.images, tokens, g.channels);
      for (Tensor factor : new Tensor[] {a, b}) {
        for (Tensor mask : new Tensor[] {b, null}) {
          tokenKernelsAgree(g, factor, mask, type);
        }
      }
    }
  }

  private static void tokenKernelsAgree(Grid g, Tensor a, Tensor mask, DataType type) {
    int tokens = g.height * g.width;
    Tensor expected = Tensor.allocate(FLOAT32, g.images, g.channels);
    PLAIN.sumTokens(a, mask, g.images, tokens, 0.3f, expected);
    Tensor scaled = Tensor.allocate(type, a.shape());
    PLAIN.scaleTokens(expected, mask, g.images, tokens, 0.7f, scaled);
    for (Kernels fast : List.of(one, two)) {
      Tensor sum = Tensor.allocate(FLOAT32, g.images, g.channels);
      fast.sumTokens(a, mask, g.images, tokens, 0.3f, sum);
      Close.assertClose(sum.toArray(), expected.toArray(), 1e-6 * Math.sqrt(tokens));
      Tensor product = Tensor.allocate(type, a.shape());
      fast.scaleTokens(expected, mask, g.images, tokens, 0.7f, product);
      Close.assertClose(product.toArray(), scaled.toArray(), type == BFLOAT16 ? 0.01 : 1e-6);
    }
  }
}
