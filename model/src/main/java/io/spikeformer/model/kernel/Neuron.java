package io.spikeformer.model.kernel;

import io.spikeformer.model.config.Surrogate;

/**
 * A leaky integrate-and-fire neuron as kernels see it.
 *
 * <p>h[t] = decay v[t-1] + gain x[t]; s[t] = [h[t] &gt;= threshold]; v[t] = h[t] (1 - s[t]); v[-1]
 * = 0.
 *
 * @param decay 1 - 1/tau
 * @param gain factor of the input: the neuron's input scale, times any scale merged into it
 * @param threshold firing threshold
 * @param surrogate surrogate gradient
 * @param alpha its sharpness
 * @param detachReset whether the reset passes no gradient
 */
public record Neuron(
    float decay,
    float gain,
    float threshold,
    Surrogate surrogate,
    float alpha,
    boolean detachReset) {
  /** The same neuron with another threshold. */
  public Neuron withThreshold(float newThreshold) {
    return new Neuron(decay, gain, newThreshold, surrogate, alpha, detachReset);
  }
}
