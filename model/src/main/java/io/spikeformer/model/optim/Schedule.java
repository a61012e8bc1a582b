package io.spikeformer.model.optim;

import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;

/**
 * Learning rate as a pure function of the step: a linear warm-up, then decay to a floor.
 *
 * <p>With s the step from 0, w the warm-up steps, n the total and k = 0, or k = 1 with {@link
 * Ends#AT_LAST_STEP}: f = (s - w) / (n - w - k); rate = peak (start + (1 - start) s / (w - k)) for
 * s &lt; w, else minimum + (peak - minimum) d(f). d falls from 1 to 0: cosine (1 + cos(pi f)) / 2,
 * polynomial (1 - f)^power, or constant 1.
 *
 * @param decay shape after the warm-up
 * @param peak rate at the end of the warm-up, &gt; 0
 * @param minimum rate at the end, in [0, peak]
 * @param warmupSteps steps of the warm-up, in [0, totalSteps]
 * @param totalSteps steps of the whole training, &gt;= 1; afterwards the rate stays
 * @param power exponent of the polynomial decay, &gt; 0
 * @param ends where warm-up and decay end
 * @param warmupStart rate of step 0 as a share of the peak, in [0, 1]; 0 for {@link
 *     Ends#BEHIND_LAST_STEP}
 */
public record Schedule(
    Decay decay,
    double peak,
    double minimum,
    long warmupSteps,
    long totalSteps,
    double power,
    Ends ends,
    double warmupStart) {

  /** Where the warm-up reaches the peak, and the decay the minimum. */
  public enum Ends {
    /** At the step behind the last one of each. */
    BEHIND_LAST_STEP,
    /** At the last step of each, as mmengine's schedulers do. */
    AT_LAST_STEP
  }

  /** Shape of the rate after the warm-up. */
  public enum Decay {
    /** Half a cosine. */
    COSINE("cosine"),
    /** A power of what is left. */
    POLYNOMIAL("polynomial"),
    /** None. */
    CONSTANT("constant");

    private final String label;

    Decay(String label) {
      this.label = label;
    }

    /** The name used in recipes. */
    public String label() {
      return label;
    }

    /**
     * Finds a shape by its label.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Decay of(String label) {
      return Labels.find("schedule decay", values(), Decay::label, label);
    }
  }

  /** Validates the ranges. */
  public Schedule {
    Check.that(Double.isFinite(peak) && peak > 0, "schedule rate: expected > 0, found %s", peak);
    Check.that(
        minimum >= 0 && minimum <= peak,
        "schedule minimum: expected a rate in [0, %s], found %s",
        peak,
        minimum);
    Check.that(totalSteps >= 1, "schedule steps: expected >= 1, found %s", totalSteps);
    Check.that(
        warmupSteps >= 0 && warmupSteps <= totalSteps,
        "schedule warm-up: expected 0 to %s steps, found %s",
        totalSteps,
        warmupSteps);
    Check.that(
        Double.isFinite(power) && power > 0, "schedule power: expected > 0, found %s", power);
    Check.that(ends != null, "schedule ends: expected a place, found %s", ends);
    Check.that(
        warmupStart >= 0 && warmupStart <= 1,
        "schedule warm-up start: expected a share in [0, 1], found %s",
        warmupStart);
    if (ends == Ends.AT_LAST_STEP) {
      Check.that(
          warmupSteps != 1,
          "schedule warm-up: expected 0 steps, or 2 or more, found %s",
          warmupSteps);
    } else {
      Check.that(warmupStart == 0, "schedule warm-up start: expected 0, found %s", warmupStart);
    }
  }

  /** A cosine decay. */
  public static Schedule cosine(double peak, double minimum, long warmupSteps, long totalSteps) {
    return new Schedule(Decay.COSINE, peak, minimum, warmupSteps, totalSteps, 1);
  }

  /** A schedule with a warm-up from 0, which like the decay ends behind its last step. */
  public Schedule(
      Decay decay, double peak, double minimum, long warmupSteps, long totalSteps, double power) {
    this(decay, peak, minimum, warmupSteps, totalSteps, power, Ends.BEHIND_LAST_STEP, 0);
  }

  /** The learning rate of a step, counted from 0. */
  public double rate(long step) {
    if (step < warmupSteps) {
      return warmupRate(step);
    }
    if (decay == Decay.CONSTANT) {
      return peak;
    }
    if (step >= totalSteps) {
      return minimum;
    }
    double progress = progress(step);
    double left =
        decay == Decay.COSINE
            ? 0.5 * (1 + Math.cos(Math.PI * progress))
            : Math.pow(1 - progress, power);
    return minimum + (peak - minimum) * left;
  }

  private double warmupRate(long step) {
    return ends == Ends.AT_LAST_STEP
        ? peak * (warmupStart + (1 - warmupStart) * step / (warmupSteps - 1))
        : peak * step / warmupSteps;
  }

  /** How much of the warm-up is over: 0 at the first step of a warm-up, 1 behind it. */
  double warmedUp(long step) {
    if (step >= warmupSteps) {
      return 1;
    }
    return (double) step / (ends == Ends.AT_LAST_STEP ? warmupSteps - 1 : warmupSteps);
  }

  /** From 0 at the first step of the decay to 1 at its end. */
  private double progress(long step) {
    long whole = totalSteps - warmupSteps - (ends == Ends.AT_LAST_STEP ? 1 : 0);
    return whole == 0 ? 0 : (double) (step - warmupSteps) / whole;
  }
}
