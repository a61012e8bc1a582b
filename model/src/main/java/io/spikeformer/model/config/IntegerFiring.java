package io.spikeformer.model.config;

import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;
import java.util.List;

/**
 * Firing of integers in training, which are sent as binary spikes on a chip (Yao et al. 2024,
 * Spike-driven Transformer V3; Luo et al. 2024, SpikeYOLO).
 *
 * <p>h[t] = (1 - 1/tau) v[t-1] + inputScale x[t]; n[t] = round(clamp(h[t] / threshold, 0, levels));
 * v[t] = h[t] - threshold n[t]. The gradient goes straight through: dn/dh = 1 / threshold where h /
 * threshold lies in the window from 0 to levels, else 0.
 *
 * @param levels D, the largest integer, from 1 to {@link #MOST_LEVELS}
 * @param rounding where h / threshold lies halfway between two integers
 * @param window whether its ends belong to the window of the gradient
 * @param normalise whether n / levels is handed on, except in front of a classifier
 * @param attentionScale factor of Q (K^T V) in front of the attention's neurons, &gt; 0; in an
 *     E-SpikeFormer of Q (K^T V) / sqrt(width of a head)
 */
public record IntegerFiring(
    int levels, Rounding rounding, Window window, boolean normalise, double attentionScale) {
  /** The largest D. */
  public static final int MOST_LEVELS = 8;

  private static final double ATTENTION_SCALE = 0.125;

  /** Where a number halfway between two integers goes. */
  public enum Rounding {
    /** To the even one: V3 Base. */
    HALF_EVEN("half-even"),
    /** Up: V3 Large. */
    HALF_UP("half-up");

    private final String label;

    Rounding(String label) {
      this.label = label;
    }

    /** Its name in recipes. */
    public String label() {
      return label;
    }

    /**
     * Finds a rounding by its label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Rounding of(String label) {
      return Labels.find("neuron rounding", values(), Rounding::label, label);
    }
  }

  /** The window of the gradient. */
  public enum Window {
    /** 0 &lt;= h / threshold &lt;= levels: V3 Base. */
    CLOSED("closed"),
    /** 0 &lt; h / threshold &lt; levels: V3 Large. */
    OPEN("open");

    private final String label;

    Window(String label) {
      this.label = label;
    }

    /** Its name in recipes. */
    public String label() {
      return label;
    }

    /**
     * Finds a window by its label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Window of(String label) {
      return Labels.find("neuron window", values(), Window::label, label);
    }
  }

  /** Validates the ranges. */
  public IntegerFiring {
    Check.that(
        levels >= 1 && levels <= MOST_LEVELS,
        "neuron levels: expected a number from 1 to %s, found %s",
        MOST_LEVELS,
        levels);
    Check.that(
        rounding != null,
        "neuron rounding: expected one of %s, found %s",
        List.of(Rounding.values()),
        rounding);
    Check.that(
        window != null,
        "neuron window: expected one of %s, found %s",
        List.of(Window.values()),
        window);
    Check.that(
        attentionScale > 0 && Double.isFinite(attentionScale),
        "neuron attention-scale: expected a number > 0, found %s",
        attentionScale);
  }

  /** That of V3 Base. */
  public static IntegerFiring of(int levels) {
    return new IntegerFiring(levels, Rounding.HALF_EVEN, Window.CLOSED, true, ATTENTION_SCALE);
  }

  /** The same with another largest integer. */
  IntegerFiring withLevels(int newLevels) {
    return new IntegerFiring(newLevels, rounding, window, normalise, attentionScale);
  }

  /** The same with another factor of the attention's products. */
  IntegerFiring withAttentionScale(double newScale) {
    return new IntegerFiring(levels, rounding, window, normalise, newScale);
  }

  /** The value of the integer 1 where integers are handed on. */
  public float unit() {
    return normalise ? 1f / levels : 1;
  }
}
