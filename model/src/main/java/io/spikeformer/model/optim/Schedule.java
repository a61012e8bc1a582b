package io.spikeformer.model.optim;

import io.spikeformer.common.Check;
import io.spikeformer.common.Labels;

/**
 * Learning rate as a pure function of the step: a linear warm-up from 0, then decay to a floor.
 *
 * <p>With s the step from 0, w the warm-up steps, n the total and f = (s - w) / (n - w): rate =
 * peak s / w for s &lt; w, else minimum + (peak - minimum) d(f). d falls from 1 to 0: cosine (1 +
 * cos(pi f)) / 2, polynomial (1 - f)^power, or constant 1.
 *
 * @param decay shape after the warm-up
 * @param peak rate at the end of the warm-up, &gt; 0
 * @param minimum rate at the end, in [0, peak]
 * @param warmupSteps steps of the warm-up, in [0, totalSteps]
 * @param totalSteps steps of the whole training, &gt;= 1; afterwards the rate stays
 * @param power exponent of the polynomial decay, &gt; 0
 */
public record Schedule(
    Decay decay, double peak, double minimum, long warmupSteps, long totalSteps, double power) {

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
  }

  /** A cosine decay. */
  public static Schedule cosine(double peak, double minimum, long warmupSteps, long totalSteps) {
    return new Schedule(Decay.COSINE, peak, minimum, warmupSteps, totalSteps, 1);
  }

  /** The learning rate of a step, counted from 0. */
  public double rate(long step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    if (decay == Decay.CONSTANT) {
      return peak;
    }
    if (step >= totalSteps) {
      return minimum;
    }
    double progress = (double) (step - warmupSteps) / (totalSteps - warmupSteps);
    double left =
        decay == Decay.COSINE
            ? 0.5 * (1 + Math.cos(Math.PI * progress))
            : Math.pow(1 - progress, power);
    return minimum + (peak - minimum) * left;
  }
}
