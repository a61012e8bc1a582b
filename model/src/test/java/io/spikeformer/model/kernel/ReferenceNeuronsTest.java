package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.FLOAT32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.config.Surrogate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceNeuronsTest {
  private static final int ROWS = 3;
  private static final int CHANNELS = 4;
  private final Kernels kernels = new ReferenceKernels();

  /** A neuron and a number of timesteps. */
  record Case(Neuron neuron, int timesteps) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Surrogate surrogate : Surrogate.values()) {
      for (int timesteps = 1; timesteps <= 4; timesteps++) {
        cases.add(new Case(new Neuron(0.5f, 0.5f, 0.7f, surrogate, 1.5f, true), timesteps));
        cases.add(new Case(new Neuron(0.75f, 1, 1, surrogate, 0.5f, false), timesteps));
      }
    }
    return cases;
  }

  @Test
  void aNeuronIntegratesFiresAndIsReset() {
    Neuron neuron = new Neuron(0.5f, 0.5f, 1, Surrogate.SIGMOID, 4, true);
    // h: 0.75, 1.125 (fires), 0.9 (from 0), 0.45 + 0.55 = 1 (fires: at the threshold)
    Tensor x = Tensor.of(new float[] {1.5f, 1.5f, 1.8f, 1.1f}, 4, 1);
    Tensor spikes = Tensor.allocate(FLOAT32, 4, 1);
    Tensor membrane = Tensor.allocate(FLOAT32, 4, 1);
    long[] counts = {10, 0, 0, 0};
    kernels.fire(
        Drive.affine(x, new float[] {1}, new float[] {0}), 4, neuron, membrane, spikes, counts);
    assertThat(spikes.toArray()).containsExactly(0, 1, 0, 1);
    assertThat(membrane.toArray()).containsExactly(x.toArray());
    assertThat(counts).containsExactly(10, 1, 0, 1);
  }

  /** Reverse mode against forward mode: the tangent of every single input, written separately. */
  @ParameterizedTest
  @MethodSource("cases")
  void theGradientEqualsTheTangentsOfTheEquations(Case c) {
    Samples samples = new Samples(c.hashCode());
    int elements = c.timesteps * ROWS * CHANNELS;
    Tensor value = samples.filled(FLOAT32, new long[] {elements / CHANNELS, CHANNELS}, 1, 1);
    Tensor dSpikes = samples.normal(FLOAT32, elements / CHANNELS, CHANNELS);
    Tensor dMembrane = samples.normal(FLOAT32, elements / CHANNELS, CHANNELS);
    Tensor dx = Tensor.allocate(FLOAT32, elements / CHANNELS, CHANNELS);
    Drive drive =
        Drive.affine(value, samples.array(CHANNELS, 1, 0.3f), samples.array(CHANNELS, 0, 1));
    Tensor x = Tensor.allocate(FLOAT32, value.shape());
    kernels.affine(drive, x);
    float[] centre = samples.array(CHANNELS, 1, 1);
    ChannelSums sums = new ChannelSums(CHANNELS);
    double dThreshold =
        kernels.fireBackward(drive, c.timesteps, c.neuron, dSpikes, dMembrane, dx, centre, sums);

    float[] drives = x.toArray();
    float[] ds = dSpikes.toArray();
    double expectedThreshold = 0;
    double[] gradient = new double[CHANNELS];
    double[] product = new double[CHANNELS];
    for (int i = 0; i < elements; i++) {
      double expected = dMembrane.get(i) + tangent(c, drives, ds, i % (ROWS * CHANNELS), i);
      assertThat((double) dx.get(i)).isCloseTo(expected, within(1e-5));
      gradient[i % CHANNELS] += expected;
      product[i % CHANNELS] += expected * (value.get(i) - centre[i % CHANNELS]);
    }
    for (int n = 0; n < ROWS * CHANNELS; n++) {
      expectedThreshold += tangent(c, drives, ds, n, -1);
    }
    assertThat(dThreshold).isCloseTo(expectedThreshold, within(1e-4));
    assertThat(sums.gradient()).containsExactly(gradient, within(1e-4));
    assertThat(sums.product()).containsExactly(product, within(1e-4));
  }

  /** d(sum of ds * spikes of one neuron) / d(x[input]), or / d(threshold) if input is -1. */
  private static double tangent(Case c, float[] x, float[] ds, int n, int input) {
    Neuron neuron = c.neuron;
    double v = 0;
    double vDot = 0;
    double result = 0;
    for (int t = 0; t < c.timesteps; t++) {
      int i = t * ROWS * CHANNELS + n;
      double h = neuron.decay() * v + neuron.gain() * x[i];
      double hDot = neuron.decay() * vDot + (i == input ? neuron.gain() : 0);
      double u = h - neuron.threshold();
      double s = u >= 0 ? 1 : 0;
      double uDot = hDot - (input == -1 ? 1 : 0);
      double sDot = neuron.surrogate().derivative(u, neuron.alpha()) * uDot;
      result += ds[i] * sDot;
      v = h * (1 - s);
      vDot = hDot * (1 - s) - (neuron.detachReset() ? 0 : h * sDot);
    }
    return result;
  }

  @Test
  void theGradientMayOverwriteEitherOfItsInputs() {
    Neuron neuron = new Neuron(0.5f, 0.5f, 1, Surrogate.SIGMOID, 4, true);
    Samples samples = new Samples(9);
    Tensor value = samples.filled(FLOAT32, new long[] {4, 3}, 1, 1);
    Tensor dSpikes = samples.normal(FLOAT32, 4, 3);
    Tensor dMembrane = samples.normal(FLOAT32, 4, 3);
    Tensor dx = Tensor.allocate(FLOAT32, 4, 3);
    kernels.fireBackward(Drive.of(value), 2, neuron, dSpikes, dMembrane, dx, null, null);
    Tensor first = Tensor.of(dSpikes.toArray(), 4, 3);
    kernels.fireBackward(Drive.of(value), 2, neuron, first, dMembrane, first, null, null);
    Tensor second = Tensor.of(dMembrane.toArray(), 4, 3);
    kernels.fireBackward(Drive.of(value), 2, neuron, dSpikes, second, second, null, null);
    assertThat(first.toArray()).containsExactly(dx.toArray());
    assertThat(second.toArray()).containsExactly(dx.toArray());
  }
}
