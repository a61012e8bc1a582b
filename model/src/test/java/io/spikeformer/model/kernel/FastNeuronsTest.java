package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.Surrogate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fast neurons against plain ones: every surrogate, T = 1 to 4, both types, tails. */
class FastNeuronsTest {
  private static final Kernels PLAIN = new ReferenceKernels();
  private static Kernels one;
  private static Kernels two;

  /** Rows of a timestep, and what fills and steps them. */
  record Case(int rows, int channels, int timesteps, DataType type, Neuron neuron) {}

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
    List<Case> cases = new ArrayList<>();
    int[][] sizes = {{1, 1}, {5, 3}, {3, 360}, {1700, 10}, {700, 32}, {801, 40}, {9, 2000}};
    int next = 0;
    for (Surrogate surrogate : Surrogate.values()) {
      for (DataType type : Samples.NUMBERS) {
        for (int timesteps = 1; timesteps <= 4; timesteps++) {
          for (boolean detach : new boolean[] {true, false}) {
            int[] size = sizes[next++ % sizes.length];
            Neuron neuron = new Neuron(0.5f, 0.7f, 1, surrogate, 1.5f, detach);
            cases.add(new Case(size[0], size[1], timesteps, type, neuron));
          }
        }
      }
    }
    return cases;
  }

  /** One case with its operands. */
  private static final class Operands {
    final Case c;
    final Samples samples;
    final long[] shape;
    final Drive drive;
    final Tensor dSpikes;
    final Tensor dMembrane;

    Operands(Case c) {
      this.c = c;
      samples = new Samples(c.hashCode());
      shape = new long[] {(long) c.timesteps * c.rows, c.channels};
      Tensor value = samples.filled(c.type, shape, 1, 1);
      float[] scale = samples.array(c.channels, 1, 0.2f);
      float[] shift = samples.array(c.channels, 0, 0.5f);
      drive = new Drive(value, scale, shift, samples.normal(FLOAT32, shape));
      dSpikes = samples.normal(c.type, shape);
      dMembrane = samples.normal(FLOAT32, shape);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void spikesPotentialsAndCountsAreTheSameBits(Case c) {
    Operands o = new Operands(c);
    Tensor membrane = Tensor.allocate(FLOAT32, o.shape);
    Tensor spikes = Tensor.allocate(FLOAT32, o.shape);
    long[] counts = new long[c.timesteps];
    PLAIN.fire(o.drive, c.timesteps, c.neuron, membrane, spikes, counts);
    for (Kernels fast : List.of(one, two)) {
      for (DataType type : Samples.types(c.channels)) {
        Tensor fastMembrane = Tensor.allocate(FLOAT32, o.shape);
        Tensor fastSpikes = Tensor.allocate(type, o.shape);
        long[] fastCounts = new long[c.timesteps];
        fast.fire(o.drive, c.timesteps, c.neuron, fastMembrane, fastSpikes, fastCounts);
        assertThat(fastMembrane.toArray()).isEqualTo(membrane.toArray());
        assertThat(fastSpikes.toArray()).isEqualTo(spikes.toArray());
        assertThat(fastCounts).isEqualTo(counts);
        fast.fire(o.drive, c.timesteps, c.neuron, null, fastSpikes, null);
        assertThat(fastSpikes.toArray()).isEqualTo(spikes.toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAndSumsAgree(Case c) {
    Operands o = new Operands(c);
    float[] centre = o.samples.array(c.channels, 1, 0.1f);
    for (Tensor dMembrane : new Tensor[] {o.dMembrane, null}) {
      Tensor dx = Tensor.allocate(FLOAT32, o.shape);
      ChannelSums sums = new ChannelSums(c.channels);
      double dThreshold =
          PLAIN.fireBackward(
              o.drive, c.timesteps, c.neuron, o.dSpikes, dMembrane, dx, centre, sums);
      for (Kernels fast : List.of(one, two)) {
        Tensor fastDx = Tensor.allocate(FLOAT32, o.shape);
        ChannelSums fastSums = new ChannelSums(c.channels);
        double fastThreshold =
            fast.fireBackward(
                o.drive, c.timesteps, c.neuron, o.dSpikes, dMembrane, fastDx, centre, fastSums);
        double reach = 1e-5 * Math.sqrt(dx.elements());
        assertThat(fastThreshold).isCloseTo(dThreshold, within(reach));
        Close.assertClose(fastDx.toArray(), dx.toArray(), 2e-6);
        Close.assertClose(fastSums.gradient(), sums.gradient(), reach);
        Close.assertClose(fastSums.product(), sums.product(), reach);
        fast.fireBackward(o.drive, c.timesteps, c.neuron, o.dSpikes, dMembrane, fastDx, null, null);
        Close.assertClose(fastDx.toArray(), dx.toArray(), 2e-6);
      }
    }
  }

  @Test
  void theSigmoidSurrogateIsAccurateOverItsWholeRange() {
    int count = 4001;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (i - 2000) * 0.01f;
    }
    Neuron neuron = new Neuron(0, 1, 0, Surrogate.SIGMOID, 4, true);
    Tensor dx = Tensor.allocate(FLOAT32, count, 1);
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    Tensor dSpikes = Tensor.of(ones, count, 1);
    one.fireBackward(Drive.of(Tensor.of(x, count, 1)), 1, neuron, dSpikes, null, dx, null, null);
    float[] slope = dx.toArray();
    for (int i = 0; i < count; i++) {
      double expected = Surrogate.SIGMOID.derivative(x[i], 4);
      assertThat((double) slope[i]).isCloseTo(expected, within(1e-5 * expected + 1e-36));
    }
  }

  @Test
  void theSameCallGivesTheSameBits() {
    Neuron neuron = new Neuron(0.5f, 0.7f, 1, Surrogate.SIGMOID, 4, true);
    Case c = new Case(3000, 24, 3, DataType.BFLOAT16, neuron);
    Operands o = new Operands(c);
    float[] centre = o.samples.array(c.channels, 1, 0.1f);
    for (Kernels fast : List.of(one, two)) {
      ChannelSums first = new ChannelSums(c.channels);
      Tensor dx = Tensor.allocate(FLOAT32, o.shape);
      double threshold =
          fast.fireBackward(o.drive, 3, neuron, o.dSpikes, o.dMembrane, dx, centre, first);
      float[] gradients = dx.toArray();
      // long enough for the compiled code to take over from the interpreted one
      for (int i = 0; i < 40; i++) {
        ChannelSums again = new ChannelSums(c.channels);
        assertThat(fast.fireBackward(o.drive, 3, neuron, o.dSpikes, o.dMembrane, dx, centre, again))
            .isEqualTo(threshold);
        assertThat(again.gradient()).isEqualTo(first.gradient());
        assertThat(again.product()).isEqualTo(first.product());
      }
      assertThat(dx.toArray()).isEqualTo(gradients);
    }
  }
}
