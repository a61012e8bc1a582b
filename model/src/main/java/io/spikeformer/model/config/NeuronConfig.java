package io.spikeformer.model.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.spikeformer.common.Check;
import java.util.List;

/**
 * Leaky integrate-and-fire neuron of the whole network (paper, Eq. 4-6).
 *
 * <p>h[t] = (1 - 1/tau) v[t-1] + inputScale x[t]; s[t] = [h[t] &gt;= threshold]; v[t] = h[t] (1 -
 * s[t]). With {@link IntegerFiring} it fires integers and is reset by them.
 *
 * @param tau membrane time constant in timesteps, &gt;= 1
 * @param threshold firing threshold of every neuron except the attention neuron, &gt; 0
 * @param inputScale factor of the input; 1/tau in the released models, 1 in the paper's equations
 * @param surrogate surrogate gradient of the spike; integers have none
 * @param alpha sharpness of the surrogate gradient, &gt; 0
 * @param detachReset whether the reset passes no gradient (the released models: true)
 * @param integers how integers are fired; null for spikes
 */
public record NeuronConfig(
    double tau,
    double threshold,
    double inputScale,
    Surrogate surrogate,
    double alpha,
    boolean detachReset,
    @JsonInclude(JsonInclude.Include.NON_NULL) IntegerFiring integers) {

  /** The neuron of the released models: tau 2, threshold 1, input halved, sigmoid with alpha 4. */
  public static final NeuronConfig RELEASED =
      new NeuronConfig(2, 1, 0.5, Surrogate.SIGMOID, 4, true);

  /** The neuron of the paper's Eq. 4-6: as {@link #RELEASED} with the input not scaled. */
  public static final NeuronConfig PAPER = new NeuronConfig(2, 1, 1, Surrogate.SIGMOID, 4, true);

  private static final double INTEGER_TAU = 4.0 / 3;

  /** A neuron that fires spikes. */
  public NeuronConfig(
      double tau,
      double threshold,
      double inputScale,
      Surrogate surrogate,
      double alpha,
      boolean detachReset) {
    this(tau, threshold, inputScale, surrogate, alpha, detachReset, null);
  }

  /** The most that a neuron fires in a timestep: 1 for spikes. */
  public int mostFired() {
    return integers == null ? 1 : integers.levels();
  }

  /** The neuron of SpikeYOLO and V3 Base: tau 4/3, threshold 1, the input not scaled. */
  public static NeuronConfig integer(int levels) {
    return new NeuronConfig(
        INTEGER_TAU, 1, 1, Surrogate.SIGMOID, 4, true, IntegerFiring.of(levels));
  }

  /** The same firing integers up to another largest one; those of V3 Base if it fires spikes. */
  public NeuronConfig withLevels(int levels) {
    return integers == null
        ? integer(levels)
        : new NeuronConfig(
            tau, threshold, inputScale, surrogate, alpha, detachReset, integers.withLevels(levels));
  }

  /** The same with another factor of the attention's products; unchanged if it fires spikes. */
  NeuronConfig withAttentionScale(double scale) {
    return integers == null
        ? this
        : new NeuronConfig(
            tau,
            threshold,
            inputScale,
            surrogate,
            alpha,
            detachReset,
            integers.withAttentionScale(scale));
  }

  /** Validates the ranges. */
  public NeuronConfig {
    Check.that(
        surrogate != null,
        "neuron surrogate: expected one of %s, found %s",
        List.of(Surrogate.values()),
        surrogate);
    Check.that(
        tau >= 1 && Double.isFinite(tau), "neuron tau: expected a number >= 1, found %s", tau);
    requirePositive("threshold", threshold);
    requirePositive("input-scale", inputScale);
    requirePositive("alpha", alpha);
  }

  private static void requirePositive(String what, double found) {
    Check.that(
        found > 0 && Double.isFinite(found),
        "neuron %s: expected a number > 0, found %s",
        what,
        found);
  }
}
