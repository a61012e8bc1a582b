package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import io.spikeformer.model.config.Surrogate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Neurons that fire integers: their equations, and the fast kernels against the plain ones. */
class IntegerNeuronsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static final int ROWS = 3;
  private static final int CHANNELS = 4;
  private static List<Kernels> all;

  @BeforeAll
  static void open() {
    all = List.of(PLAIN, KernelProvider.create("auto", 1), KernelProvider.create("auto", 2));
  }

  @AfterAll
  static void close() {
    all.forEach(Kernels::close);
  }

  private static Neuron neuron(
      int levels, Rounding rounding, Window window, float unit, boolean detach) {
    Neuron.Integers integers = new Neuron.Integers(levels, rounding, window, unit);
    return new Neuron(0.25f, 1, 1, Surrogate.SIGMOID, 4, detach, integers);
  }

  @ParameterizedTest
  @CsvSource({
    "HALF_EVEN, CLOSED, 0;0;2;2;4;3;1, 0;1;1;1;1;1;1",
    "HALF_UP, CLOSED, 0;1;2;3;4;3;1, 0;1;1;1;1;1;1",
    "HALF_EVEN, OPEN, 0;0;2;2;4;3;1, 0;1;1;1;1;1;1"
  })
  void halvesGoWhereTheRoundingSays(
      Rounding rounding, Window window, String integers, String slopes) {
    float[] x = {-0.5f, 0.5f, 1.5f, 2.5f, 3.5f, 3.25f, 0.75f};
    assertFired(neuron(4, rounding, window, 1, true), x, numbers(integers), numbers(slopes));
  }

  @ParameterizedTest
  @CsvSource({"CLOSED, 0;1;1;1;1;0", "OPEN, 0;0;1;1;0;0"})
  void theEndsBelongToAClosedWindowAlone(Window window, String slopes) {
    float[] x = {Math.nextDown(0f), 0, Float.MIN_NORMAL, Math.nextDown(4f), 4, Math.nextUp(4f)};
    float[] integers = {0, 0, 0, 4, 4, 4};
    assertFired(neuron(4, Rounding.HALF_EVEN, window, 1, true), x, integers, numbers(slopes));
  }

  private static float[] numbers(String list) {
    String[] parts = list.split(";");
    float[] numbers = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Float.parseFloat(parts[i]);
    }
    return numbers;
  }

  private static void assertFired(Neuron neuron, float[] x, float[] integers, float[] slopes) {
    for (Kernels kernels : all) {
      Tensor value = Tensor.of(x, x.length, 1);
      Tensor fired = Tensor.allocate(FLOAT32, x.length, 1);
      long[] counts = new long[1];
      kernels.fire(Drive.of(value), 1, neuron, null, fired, counts);
      assertThat(fired.toArray()).as(kernels.name()).isEqualTo(integers);
      assertThat((double) counts[0]).isEqualTo(Samples.dot(fired, ones(x.length)));
      Tensor dx = Tensor.allocate(FLOAT32, x.length, 1);
      kernels.fireBackward(Drive.of(value), 1, neuron, ones(x.length), null, dx, null, null);
      assertThat(dx.toArray()).as(kernels.name()).isEqualTo(slopes);
    }
  }

  private static Tensor ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return Tensor.of(ones, length, 1);
  }

  @Test
  void aNeuronIsResetByItsIntegerAndHandsItOnInUnits() {
    // h: 2.5 -> 2, v 0.5; 0.125 + 5 -> 4, v 1.125; 0.28125 + 0.25 -> 1, v -0.46875
    Tensor x = Tensor.of(new float[] {2.5f, 5, 0.25f}, 3, 1);
    for (Kernels kernels : all) {
      Tensor fired = Tensor.allocate(FLOAT32, 3, 1);
      long[] counts = {10, 0, 0};
      Neuron neuron = neuron(4, Rounding.HALF_EVEN, Window.CLOSED, 0.25f, true);
      kernels.fire(Drive.of(x), 3, neuron, null, fired, counts);
      assertThat(fired.toArray()).containsExactly(0.5f, 1, 0.25f);
      assertThat(counts).containsExactly(12, 4, 1);
    }
  }

  @Test
  void oneLevelIsASpikeWithARectangleAndHalfTheThreshold() {
    Samples samples = new Samples(4);
    Tensor value = samples.filled(FLOAT32, new long[] {700, 16}, 0.5f, 1);
    value.put(new float[] {0, 0.5f, 1}, 0, 3);
    Tensor ds = samples.normal(FLOAT32, 700, 16);
    Neuron spiking = new Neuron(0.25f, 1, 0.5f, Surrogate.RECTANGLE, 1, true);
    Neuron integer = neuron(1, Rounding.HALF_UP, Window.CLOSED, 1, true);
    for (Kernels kernels : all) {
      float[] spikes = fired(kernels, value, spiking);
      assertThat(fired(kernels, value, integer)).isEqualTo(spikes);
      float[] dx = gradient(kernels, value, ds, spiking);
      assertThat(gradient(kernels, value, ds, integer)).isEqualTo(dx);
      // a tie goes to the even integer, 0
      spikes[1] = 0;
      Neuron even = neuron(1, Rounding.HALF_EVEN, Window.CLOSED, 1, true);
      assertThat(fired(kernels, value, even)).isEqualTo(spikes);
    }
  }

  private static float[] fired(Kernels kernels, Tensor value, Neuron neuron) {
    Tensor bits = Tensor.allocate(DataType.BIT, value.shape());
    kernels.fire(Drive.of(value), 1, neuron, null, bits, null);
    return bits.toArray();
  }

  private static float[] gradient(Kernels kernels, Tensor value, Tensor ds, Neuron neuron) {
    Tensor dx = Tensor.allocate(FLOAT32, value.shape());
    kernels.fireBackward(Drive.of(value), 1, neuron, ds, null, dx, null, null);
    return dx.toArray();
  }

  /** A neuron and a number of timesteps. */
  record Case(Neuron neuron, int timesteps, int channels, DataType type) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    int[] channels = {1, 3, 8, 24, 40, 360};
    int next = 0;
    for (int levels = 1; levels <= 8; levels++) {
      for (int timesteps = 1; timesteps <= 4; timesteps++) {
        Rounding rounding = Rounding.values()[next % 2];
        Window window = Window.values()[next / 2 % 2];
        Neuron.Integers integers =
            new Neuron.Integers(levels, rounding, window, next % 3 == 0 ? 1 : 1f / levels);
        Neuron neuron =
            new Neuron(
                next % 5 == 0 ? 1 : 0.25f,
                next % 2 == 0 ? 1.3f : 1,
                next % 3 == 1 ? 0.75f : 1,
                Surrogate.SIGMOID,
                4,
                next % 4 < 2,
                integers);
        DataType type = Samples.NUMBERS.get(next % 2);
        cases.add(new Case(neuron, timesteps, channels[next % channels.length], type));
        next++;
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothKernelsFireTheSameIntegersAndPassTheSameGradients(Case c) {
    Samples samples = new Samples(c.hashCode());
    long[] shape = {(long) c.timesteps * 301, c.channels};
    float levels = c.neuron.integers().levels();
    Tensor value = samples.filled(c.type, shape, 0.4f * levels, 0.5f * levels);
    Drive drive =
        new Drive(
            value,
            samples.array(c.channels, 1, 0.2f),
            samples.array(c.channels, 0, 0.5f),
            c.timesteps % 2 == 0 ? samples.normal(FLOAT32, shape) : null);
    Tensor ds = samples.normal(c.type, shape);
    Tensor dMembrane = samples.normal(FLOAT32, shape);
    float[] centre = samples.array(c.channels, 1, 0.1f);
    Result expected = new Result(PLAIN, c, drive, ds, dMembrane, centre);
    assertThat(expected.counts[0]).isPositive();
    for (Kernels kernels : all) {
      Result found = new Result(kernels, c, drive, ds, dMembrane, centre);
      assertThat(found.fired).isEqualTo(expected.fired);
      assertThat(found.planes).isEqualTo(expected.fired);
      assertThat(found.membrane).isEqualTo(expected.membrane);
      assertThat(found.counts).isEqualTo(expected.counts);
      Close.assertClose(found.dx, expected.dx, 2e-6);
      double reach = 1e-5 * Math.sqrt(found.dx.length);
      Close.assertClose(found.sums.gradient(), expected.sums.gradient(), reach);
      Close.assertClose(found.sums.product(), expected.sums.product(), reach);
    }
  }

  /** What kernels make of a case. */
  private static final class Result {
    final float[] fired;
    final float[] planes;
    final float[] membrane;
    final float[] dx;
    final long[] counts;
    final ChannelSums sums;

    Result(Kernels kernels, Case c, Drive drive, Tensor ds, Tensor dMembrane, float[] centre) {
      long[] shape = drive.value().shape();
      Tensor x = Tensor.allocate(FLOAT32, shape);
      Tensor numbers = Tensor.allocate(FLOAT32, shape);
      counts = new long[c.timesteps];
      kernels.fire(drive, c.timesteps, c.neuron, x, numbers, counts);
      membrane = x.toArray();
      fired = numbers.toArray();
      if (c.channels % 8 == 0) {
        Neuron.Integers form = c.neuron.integers();
        Tensor bits = Tensor.allocateIntegers(form.levels(), form.unit(), shape);
        kernels.fire(drive, c.timesteps, c.neuron, null, bits, null);
        planes = bits.toArray();
        Tensor copy = Tensor.allocate(FLOAT32, shape);
        kernels.affine(Drive.of(bits), copy);
        assertThat(copy.toArray()).isEqualTo(planes);
      } else {
        planes = fired;
      }
      Tensor out = Tensor.allocate(FLOAT32, shape);
      sums = new ChannelSums(c.channels);
      double threshold =
          kernels.fireBackward(drive, c.timesteps, c.neuron, ds, dMembrane, out, centre, sums);
      assertThat(threshold).isZero();
      dx = out.toArray();
    }
  }

  /** Reverse mode against forward mode: the tangent of every single input, written separately. */
  @ParameterizedTest
  @MethodSource("cases")
  void theGradientEqualsTheTangentsOfTheEquations(Case c) {
    Samples samples = new Samples(c.hashCode());
    int elements = c.timesteps * ROWS * CHANNELS;
    long[] shape = {elements / CHANNELS, CHANNELS};
    Tensor x = samples.filled(FLOAT32, shape, 0.4f * c.neuron.integers().levels(), 2);
    Tensor ds = samples.normal(FLOAT32, shape);
    Tensor dx = Tensor.allocate(FLOAT32, shape);
    PLAIN.fireBackward(Drive.of(x), c.timesteps, c.neuron, ds, null, dx, null, null);
    for (int i = 0; i < elements; i++) {
      double expected = tangent(c, x.toArray(), ds.toArray(), i % (ROWS * CHANNELS), i);
      assertThat((double) dx.get(i)).isCloseTo(expected, within(1e-5));
    }
  }

  /** d(sum of ds * what a neuron hands on) / d(x[input]). */
  private static double tangent(Case c, float[] x, float[] ds, int n, int input) {
    Neuron neuron = c.neuron;
    Neuron.Integers form = neuron.integers();
    double v = 0;
    double vDot = 0;
    double result = 0;
    for (int t = 0; t < c.timesteps; t++) {
      int i = t * ROWS * CHANNELS + n;
      double h = neuron.decay() * v + neuron.gain() * x[i];
      double hDot = neuron.decay() * vDot + (i == input ? neuron.gain() : 0);
      double u = h / neuron.threshold();
      double clamped = Math.min(Math.max(u, 0), form.levels());
      double integer =
          form.rounding() == Rounding.HALF_EVEN ? Math.rint(clamped) : Math.floor(clamped + 0.5);
      double nDot = u > 0 && u < form.levels() ? hDot / neuron.threshold() : 0;
      result += ds[i] * form.unit() * nDot;
      v = h - neuron.threshold() * integer;
      vDot = hDot - (neuron.detachReset() ? 0 : neuron.threshold() * nDot);
    }
    return result;
  }
}
