package io.spikeformer.model.kernel;

import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import java.util.Arrays;

/** Neurons over time by their definition (see {@link Neuron}), one neuron after the other. */
final class ReferenceNeurons {
  private static final float HALF = 0.5f;

  private final Neuron neuron;
  // null for spikes
  private final Neuron.Integers integers;
  private final int timesteps;

  ReferenceNeurons(Neuron neuron, int timesteps) {
    this.neuron = neuron;
    this.integers = neuron.integers();
    this.timesteps = timesteps;
  }

  void fire(Drive drive, Tensor membrane, Tensor spikes, long[] counts) {
    DriveValues x = new DriveValues(drive);
    float[] kept = new float[x.length()];
    float[] fired = new float[x.length()];
    int neurons = x.length() / timesteps;
    float unit = integers == null ? 1 : integers.unit();
    for (int n = 0; n < neurons; n++) {
      float v = 0;
      for (int t = 0; t < timesteps; t++) {
        int i = t * neurons + n;
        kept[i] = x.at(i);
        float h = neuron.decay() * v + neuron.gain() * kept[i];
        int integer = fired(h);
        fired[i] = unit * integer;
        v = reset(h, integer);
        if (counts != null) {
          counts[t] += integer;
        }
      }
    }
    if (membrane != null) {
      membrane.put(kept);
    }
    spikes.put(fired);
  }

  double fireBackward(
      Drive drive, Tensor dSpikes, Tensor dMembrane, Tensor dx, float[] centre, ChannelSums sums) {
    DriveValues x = new DriveValues(drive);
    float[] ds = dSpikes.toArray();
    float[] out = dMembrane == null ? new float[x.length()] : dMembrane.toArray();
    int neurons = x.length() / timesteps;
    double dThreshold = 0;
    float[] h = new float[timesteps];
    for (int n = 0; n < neurons; n++) {
      potentials(x, n, neurons, h);
      float dv = 0;
      for (int t = timesteps - 1; t >= 0; t--) {
        int i = t * neurons + n;
        float slope = slope(h[t]);
        // unless detached, the spike also receives the gradient of the reset
        float dSpike = neuron.detachReset() ? ds[i] : ds[i] - dv * perSpike(h[t]);
        float dh = dSpike * slope + (integers == null && fired(h[t]) > 0 ? 0 : dv);
        dThreshold -= integers == null ? (double) dSpike * slope : 0;
        out[i] += neuron.gain() * dh;
        dv = neuron.decay() * dh;
      }
    }
    dx.put(out);
    if (sums != null) {
      sum(out, x, centre, sums);
    }
    return dThreshold;
  }

  /** h[t] of one neuron for all t. */
  private void potentials(DriveValues x, int n, int neurons, float[] h) {
    float v = 0;
    for (int t = 0; t < timesteps; t++) {
      h[t] = neuron.decay() * v + neuron.gain() * x.at(t * neurons + n);
      v = reset(h[t], fired(h[t]));
    }
  }

  /** The spike, 0 or 1, or the integer. */
  private int fired(float h) {
    if (integers == null) {
      return h >= neuron.threshold() ? 1 : 0;
    }
    float u = Math.min(Math.max(h / neuron.threshold(), 0), integers.levels());
    return (int) (integers.rounding() == Rounding.HALF_EVEN ? Math.rint(u) : Math.floor(u + HALF));
  }

  /** The membrane potential behind what fired. */
  private float reset(float h, int fired) {
    if (integers == null) {
      return fired > 0 ? 0 : h;
    }
    return h - neuron.threshold() * fired;
  }

  /** How much less v is for each spike, or for the value 1 of what an integer hands on. */
  private float perSpike(float h) {
    return integers == null ? h : neuron.threshold() / integers.unit();
  }

  /** d(what is handed on) / dh. */
  private float slope(float h) {
    if (integers == null) {
      return (float) neuron.surrogate().derivative(h - neuron.threshold(), neuron.alpha());
    }
    float u = h / neuron.threshold();
    boolean inside =
        integers.window() == Window.CLOSED
            ? u >= 0 && u <= integers.levels()
            : u > 0 && u < integers.levels();
    return inside ? integers.unit() / neuron.threshold() : 0;
  }

  /** Per-channel sums of dx and of dx * (value - centre). */
  static void sum(float[] dx, DriveValues values, float[] centre, ChannelSums sums) {
    int channels = centre.length;
    Arrays.fill(sums.gradient(), 0);
    Arrays.fill(sums.product(), 0);
    for (int i = 0; i < dx.length; i++) {
      int c = i % channels;
      sums.gradient()[c] += dx[i];
      sums.product()[c] += dx[i] * ((double) values.value(i) - centre[c]);
    }
  }
}
