package io.spikeformer.model.kernel;

import java.util.Arrays;

/** Neurons over time by their definition (see {@link Neuron}), one neuron after the other. */
final class ReferenceNeurons {
  private final Neuron neuron;
  private final int timesteps;

  ReferenceNeurons(Neuron neuron, int timesteps) {
    this.neuron = neuron;
    this.timesteps = timesteps;
  }

  void fire(Drive drive, Tensor membrane, Tensor spikes, long[] counts) {
    DriveValues x = new DriveValues(drive);
    float[] kept = new float[x.length()];
    float[] fired = new float[x.length()];
    int neurons = x.length() / timesteps;
    for (int n = 0; n < neurons; n++) {
      float v = 0;
      for (int t = 0; t < timesteps; t++) {
        int i = t * neurons + n;
        kept[i] = x.at(i);
        float h = neuron.decay() * v + neuron.gain() * kept[i];
        boolean spike = h >= neuron.threshold();
        fired[i] = spike ? 1 : 0;
        v = spike ? 0 : h;
        if (spike && counts != null) {
          counts[t]++;
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
        boolean spike = h[t] >= neuron.threshold();
        // v = h (1 - s): unless detached, the spike also receives the gradient of the reset
        float dSpike = neuron.detachReset() ? ds[i] : ds[i] - dv * h[t];
        float dh = dSpike * slope + (spike ? 0 : dv);
        dThreshold -= (double) dSpike * slope;
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
      v = h[t] >= neuron.threshold() ? 0 : h[t];
    }
  }

  private float slope(float h) {
    return (float) neuron.surrogate().derivative(h - neuron.threshold(), neuron.alpha());
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
