package io.spikeformer.model.kernel.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.ReferenceKernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Event-driven products against the plain ones, at every firing rate. */
class EventProductsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static final List<Team> TEAMS = new ArrayList<>();
  private static final List<EventProducts> PRODUCTS = new ArrayList<>();

  record Case(ConvolutionShape shape, double rate, int levels) {
    Case(ConvolutionShape shape, double rate) {
      this(shape, rate, 1);
    }
  }

  @BeforeAll
  static void open() {
    for (int threads = 1; threads <= 3; threads++) {
      Team team = new Team(threads, () -> {});
      TEAMS.add(team);
      Scratch[] scratch = Stream.generate(Scratch::new).limit(threads).toArray(Scratch[]::new);
      PRODUCTS.add(new EventProducts(SpikeProducts.BY_RATE, team, scratch, new KeptWeights()));
    }
  }

  @AfterAll
  static void close() {
    TEAMS.forEach(Team::close);
  }

  static Stream<Case> cases() {
    return Stream.of(
            new ConvolutionShape(2, 9, 11, 24, 40, 3, 1, 1, false),
            new ConvolutionShape(3, 8, 8, 64, 256, 3, 1, 1, false),
            new ConvolutionShape(2, 7, 5, 8, 20, 3, 1, 0, false),
            new ConvolutionShape(2, 6, 5, 8, 16, 3, 1, 2, false),
            new ConvolutionShape(5, 4, 4, 136, 360, 1, 1, 0, false),
            new ConvolutionShape(1, 3, 3, 72, 33, 1, 1, 0, false),
            new ConvolutionShape(40, 14, 14, 16, 8, 1, 1, 0, false),
            new ConvolutionShape(1, 1, 1, 64, 10, 1, 1, 0, false),
            new ConvolutionShape(2, 13, 12, 32, 64, 3, 2, 1, false),
            new ConvolutionShape(2, 12, 12, 16, 24, 7, 2, 3, false),
            new ConvolutionShape(2, 9, 9, 16, 24, 1, 2, 0, false),
            new ConvolutionShape(1, 70, 70, 8, 16, 3, 1, 1, false))
        .flatMap(
            s ->
                Stream.of(
                    new Case(s, 0),
                    new Case(s, 0.03),
                    new Case(s, 0.3),
                    new Case(s, 1),
                    new Case(s, 0.03, 4),
                    new Case(s, 0.7, 8),
                    new Case(s, 0.4, 2)));
  }

  private static Tensor spikes(Case c, Random random) {
    ConvolutionShape s = c.shape;
    float unit = 1f / c.levels;
    Tensor spikes =
        Tensor.allocateIntegers(c.levels, unit, s.images(), s.height(), s.width(), s.inputs());
    float[] values = new float[(int) spikes.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < c.rate ? unit * (1 + random.nextInt(c.levels)) : 0;
    }
    spikes.put(values);
    return spikes;
  }

  private static Tensor normal(DataType type, Random random, long... sizes) {
    Tensor tensor = Tensor.allocate(type, sizes);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.put(values);
    return tensor;
  }

  private static Tensor output(DataType type, ConvolutionShape s, Random random) {
    return normal(type, random, s.images(), s.outputHeight(), s.outputWidth(), s.outputs());
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    float[] found = actual.toArray();
    float[] wanted = expected.toArray();
    double norm = 0;
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      norm += (double) wanted[i] * wanted[i];
      error += Math.pow(found[i] - wanted[i], 2);
    }
    assertThat(Math.sqrt(error)).isLessThanOrEqualTo(tolerance * Math.sqrt(norm));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convolutionsAgreeAndHaveTheSameBitsOnAnyNumberOfThreads(Case c) {
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      Random random = new Random(c.hashCode());
      Tensor x = spikes(c, random);
      Tensor weights = normal(DataType.FLOAT32, random, c.shape.weights());
      Tensor rounded = normal(type, random, c.shape.weights());
      rounded.put(weights.toArray());
      Tensor exact = Tensor.of(rounded.toArray(), c.shape.weights());
      Tensor bias = normal(DataType.FLOAT32, random, c.shape.outputs());
      for (Tensor b : new Tensor[] {bias, null}) {
        Tensor expected = output(type, c.shape, random);
        PLAIN.convolution(c.shape, x, exact, b, expected);
        float[] first = null;
        for (EventProducts products : PRODUCTS) {
          Tensor y = output(type, c.shape, random);
          products.forward(c.shape, x, weights, b, y, type);
          assertClose(y, expected, type == DataType.FLOAT32 ? c.levels * 1e-6 : 3e-3);
          first = first == null ? y.toArray() : first;
          assertThat(y.toArray()).isEqualTo(first);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAgreeAndHaveTheSameBitsOnAnyNumberOfThreads(Case c) {
    if (!EventProducts.hasGradient(c.shape)) {
      assertThat(c.shape.stride()).isEqualTo(2);
      return;
    }
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      Random random = new Random(c.hashCode());
      Tensor x = spikes(c, random);
      Tensor dy = output(type, c.shape, random);
      Tensor expected = Tensor.allocate(DataType.FLOAT32, c.shape.weights());
      Tensor expectedBias = Tensor.allocate(DataType.FLOAT32, c.shape.outputs());
      PLAIN.convolutionBackwardWeights(c.shape, x, dy, expected, expectedBias);
      float[] first = null;
      for (EventProducts products : PRODUCTS) {
        Tensor actual = normal(DataType.FLOAT32, random, c.shape.weights());
        Tensor bias = normal(DataType.FLOAT32, random, c.shape.outputs());
        products.backwardWeights(c.shape, x, dy, actual, bias);
        assertClose(actual, expected, 1e-5);
        assertClose(bias, expectedBias, 1e-5);
        first = first == null ? actual.toArray() : first;
        assertThat(actual.toArray()).isEqualTo(first);
        products.backwardWeights(c.shape, x, dy, actual, null);
        assertThat(actual.toArray()).isEqualTo(first);
      }
    }
  }

  @Test
  void eventsAreChosenByTheirRateAndTheNumberFormatOfTheDenseProduct() {
    ConvolutionShape shape = new ConvolutionShape(4, 16, 16, 64, 64, 3, 1, 1, false);
    EventProducts products = PRODUCTS.get(0);
    Random random = new Random(1);
    Tensor few = spikes(new Case(shape, 0.05), random);
    Tensor some = spikes(new Case(shape, 0.3), random);
    Tensor many = spikes(new Case(shape, 0.6), random);
    assertThat(products.forwardPays(shape, few, DenseForm.FLOAT32)).isTrue();
    assertThat(products.forwardPays(shape, few, DenseForm.BFLOAT16)).isTrue();
    assertThat(products.forwardPays(shape, some, DenseForm.FLOAT32)).isTrue();
    assertThat(products.forwardPays(shape, some, DenseForm.BFLOAT16)).isFalse();
    assertThat(products.forwardPays(shape, many, DenseForm.FLOAT32)).isFalse();
    assertThat(products.forwardPays(shape, few, DenseForm.TERMS)).isTrue();
    assertThat(products.forwardPays(shape, some, DenseForm.TERMS)).isFalse();
    assertThat(products.forwardPays(shape, few, DenseForm.TILES)).isFalse();
    assertThat(products.gradientPays(shape, few, DenseForm.TERMS)).isTrue();
    assertThat(products.gradientPays(shape, some, DenseForm.TERMS)).isFalse();
    assertThat(products.gradientPays(shape, some, DenseForm.FLOAT32)).isTrue();
    assertThat(products.gradientPays(shape, some, DenseForm.BFLOAT16)).isFalse();
    assertThat(products.gradientPays(shape, many, DenseForm.FLOAT32)).isFalse();
    ConvolutionShape wide = new ConvolutionShape(4, 16, 16, 64, 128, 3, 1, 1, false);
    Tensor spikes = spikes(new Case(wide, 0.17), random);
    // a drawn integer of 1 to 4 has the mean 2.5
    Tensor integers = spikes(new Case(wide, 0.17 / 2.5, 4), random);
    assertThat(products.forwardPays(wide, spikes, DenseForm.TERMS)).isTrue();
    assertThat(products.forwardPays(wide, integers, DenseForm.TERMS)).isFalse();
    assertThat(products.gradientPays(wide, integers, DenseForm.TERMS)).isTrue();
    ConvolutionShape narrow = new ConvolutionShape(4, 16, 16, 64, 32, 3, 1, 1, false);
    assertThat(products.forwardPays(narrow, some, DenseForm.FLOAT32)).isFalse();
    ConvolutionShape strided = new ConvolutionShape(4, 16, 16, 64, 64, 3, 2, 1, false);
    assertThat(products.gradientPays(strided, few, DenseForm.FLOAT32)).isFalse();
    ConvolutionShape single = new ConvolutionShape(1, 1, 1, 64, 64, 1, 1, 0, false);
    Tensor one = spikes(new Case(single, 0.05), random);
    assertThat(products.forwardPays(single, one, DenseForm.FLOAT32)).isFalse();
    ConvolutionShape depthwise = new ConvolutionShape(4, 16, 16, 64, 64, 3, 1, 1, true);
    assertThat(products.forwardPays(depthwise, few, DenseForm.FLOAT32)).isFalse();
    Tensor dense = normal(DataType.FLOAT32, random, few.shape());
    assertThat(products.forwardPays(shape, dense, DenseForm.FLOAT32)).isFalse();
  }

  @Test
  void oneWayCanBeAskedForAtAnyRate() {
    ConvolutionShape shape = new ConvolutionShape(1, 3, 3, 64, 64, 1, 1, 0, false);
    Random random = new Random(1);
    Tensor silent = spikes(new Case(shape, 0), random);
    Tensor many = spikes(new Case(shape, 1), random);
    Tensor numbers = normal(DataType.FLOAT32, random, many.shape());
    Scratch[] scratch = {new Scratch()};
    KeptWeights kept = new KeptWeights();
    Team team = TEAMS.get(0);
    EventProducts events = new EventProducts(SpikeProducts.EVENTS, team, scratch, kept);
    EventProducts dense = new EventProducts(SpikeProducts.DENSE, team, scratch, kept);
    assertThat(events.forwardPays(shape, many, DenseForm.TILES)).isTrue();
    assertThat(events.forwardPays(shape, numbers, DenseForm.TILES)).isFalse();
    assertThat(dense.forwardPays(shape, silent, DenseForm.FLOAT32)).isFalse();
    assertThat(events.gradientPays(shape, many, DenseForm.TILES)).isTrue();
    assertThat(dense.gradientPays(shape, silent, DenseForm.FLOAT32)).isFalse();
  }

  @Test
  void spikesAreCountedWhereverTheWordsEnd() {
    Random random = new Random(2);
    for (int channels : new int[] {8, 24, 64, 72}) {
      ConvolutionShape shape = new ConvolutionShape(1, 3, 5, channels, 8, 1, 1, 0, false);
      Tensor spikes = spikes(new Case(shape, 0.3), random);
      double sum = 0;
      for (float value : spikes.toArray()) {
        sum += value;
      }
      assertThat((double) Events.count(spikes)).isCloseTo(sum, within(0.0));
    }
  }
}
