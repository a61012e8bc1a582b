package io.spikeformer.model.kernel;

import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import io.spikeformer.model.config.Surrogate;

/**
 * A leaky integrate-and-fire neuron as kernels see it.
 *
 * <p>h[t] = decay v[t-1] + gain x[t]; s[t] = [h[t] &gt;= threshold]; v[t] = h[t] (1 - s[t]); v[-1]
 * = 0. With {@link Integers} it fires n[t] = round(clamp(h[t] / threshold, 0, levels)) in place of
 * s[t], and v[t] = h[t] - threshold n[t].
 *
 * @param decay 1 - 1/tau
 * @param gain factor of the input: the neuron's input scale, times any scale merged into it
 * @param threshold firing threshold
 * @param surrogate surrogate gradient
 * @param alpha its sharpness
 * @param detachReset whether the reset passes no gradient
 * @param integers how integers are fired; null for spikes
 */
public record Neuron(
    float decay,
    float gain,
    float threshold,
    Surrogate surrogate,
    float alpha,
    boolean detachReset,
    Integers integers) {

  /**
   * Integers in place of spikes; their gradient is 1 / threshold in the window, else 0.
   *
   * @param levels the largest integer
   * @param rounding where halves go
   * @param window whether the ends of [0, levels] have a gradient
   * @param unit the value of the integer 1
   */
  public record Integers(int levels, Rounding rounding, Window window, float unit) {}

  /** A neuron that fires spikes. */
  public Neuron(
      float decay,
      float gain,
      float threshold,
      Surrogate surrogate,
      float alpha,
      boolean detachReset) {
    this(decay, gain, threshold, surrogate, alpha, detachReset, null);
  }

  /** The same neuron with another threshold. */
  public Neuron withThreshold(float newThreshold) {
    return new Neuron(decay, gain, newThreshold, surrogate, alpha, detachReset, integers);
  }

  /** The same neuron with another way to fire integers. */
  public Neuron withIntegers(Integers newIntegers) {
    return new Neuron(decay, gain, threshold, surrogate, alpha, detachReset, newIntegers);
  }
}
