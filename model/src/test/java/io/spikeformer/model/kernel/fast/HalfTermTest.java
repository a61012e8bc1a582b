package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.ReferenceKernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Float32 products of spikes as three products in bfloat16, on any processor that has these. */
class HalfTermTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static final Team TEAM = new Team(2, () -> {});
  private static Worker[] workers;
  private static FastProducts products;

  @BeforeAll
  static void open() {
    new FastKernels(1).close();
    workers = new Worker[] {new Worker(), new Worker()};
    Scratch[] scratch = {new Scratch(), new Scratch()};
    products =
        new FastProducts(
            TEAM,
            workers,
            scratch,
            new FastElementwise(TEAM, scratch),
            SpikeProducts.BY_RATE,
            true);
  }

  @AfterAll
  static void close() {
    for (Worker worker : workers) {
      worker.close();
    }
    TEAM.close();
  }

  static Stream<ConvolutionShape> shapes() {
    return Stream.of(
        new ConvolutionShape(3, 10, 12, 64, 40, 3, 1, 1, false),
        new ConvolutionShape(2, 9, 11, 128, 72, 1, 1, 0, false),
        new ConvolutionShape(2, 13, 9, 40, 24, 3, 2, 1, false),
        new ConvolutionShape(2, 8, 8, 8, 16, 3, 1, 1, false),
        new ConvolutionShape(3, 7, 7, 72, 660, 7, 1, 0, false),
        new ConvolutionShape(2, 9, 9, 64, 64, 7, 1, 3, true));
  }

  private static Tensor normal(Random random, long... sizes) {
    Tensor tensor = Tensor.allocate(DataType.FLOAT32, sizes);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.put(values);
    return tensor;
  }

  private static Tensor spikes(Random random, ConvolutionShape s) {
    Tensor tensor = Tensor.allocate(DataType.BIT, s.images(), s.height(), s.width(), s.inputs());
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(2);
    }
    tensor.put(values);
    return tensor;
  }

  private static void assertClose(Tensor found, Tensor expected) {
    float[] right = expected.toArray();
    double largest = 0;
    for (float value : right) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] values = found.toArray();
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .as("element %d", i)
          .isCloseTo(right[i], within(2e-6 * largest));
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void productsOfSpikesAreThoseOfFloat32(ConvolutionShape s) {
    Random random = new Random(s.hashCode());
    Tensor x = spikes(random, s);
    Tensor weights = normal(random, s.weights());
    Tensor bias = normal(random, s.outputs());
    long[] outputs = {s.images(), s.outputHeight(), s.outputWidth(), s.outputs()};
    Tensor y = normal(random, outputs);
    Tensor expected = Tensor.allocate(DataType.FLOAT32, outputs);
    for (Tensor added : new Tensor[] {bias, null}) {
      PLAIN.convolution(s, x, weights, added, expected);
      products.forward(s, x, weights, added, y);
      assertClose(y, expected);
    }
    Tensor dy = normal(random, outputs);
    Tensor dWeights = normal(random, s.weights());
    Tensor dBias = normal(random, s.outputs());
    Tensor expectedWeights = Tensor.allocate(DataType.FLOAT32, s.weights());
    Tensor expectedBias = Tensor.allocate(DataType.FLOAT32, s.outputs());
    PLAIN.convolutionBackwardWeights(s, x, dy, expectedWeights, expectedBias);
    products.backwardWeights(s, x, dy, dWeights, dBias);
    assertClose(dWeights, expectedWeights);
    assertClose(dBias, expectedBias);
  }

  @Test
  void termsAddUpToTheNumberExactly() {
    float[] values = new float[1003];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(80) - 40));
    }
    values[0] = 0;
    values[1] = -0.0f;
    values[2] = 1 + Math.ulp(1f);
    values[3] = 0x1.fffffep0f;
    Tensor numbers = Tensor.of(values, values.length);
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
      double[] sums = new double[values.length];
      for (HalfTerm term : HalfTerm.THREE) {
        Tensor part = Tensor.allocate(type, values.length);
        term.write(numbers, part);
        float[] terms = part.toArray();
        for (int i = 0; i < sums.length; i++) {
          assertThat(DataType.fromBfloat16(DataType.toBfloat16(terms[i]))).isEqualTo(terms[i]);
          sums[i] += terms[i];
        }
      }
      for (int i = 0; i < sums.length; i++) {
        assertThat((float) sums[i]).as("%s of %s", type, values[i]).isEqualTo(values[i] + 0f);
      }
    }
  }
}
