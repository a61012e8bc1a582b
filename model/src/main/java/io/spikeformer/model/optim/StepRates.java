package io.spikeformer.model.optim;

import java.util.OptionalDouble;

/**
 * The values of an optimizer that depend on the step.
 *
 * @param rate learning rate, &gt;= 0
 * @param biasRate learning rate of biases, those of batch normalisation too, &gt;= 0
 * @param momentum of SGD, in [0, 1)
 */
public record StepRates(double rate, double biasRate, double momentum) {
  /** Those of a step, counted from 0. */
  public static StepRates of(OptimizerConfig config, Schedule schedule, long step) {
    double rate = schedule.rate(step);
    double share = schedule.warmedUp(step);
    WarmUp warmUp = config.warmUp();
    double momentum = config.momentum();
    return new StepRates(
        rate,
        share < 1 ? between(warmUp.biasRate(), schedule.peak(), share, rate) : rate,
        share < 1 ? between(warmUp.momentum(), momentum, share, momentum) : momentum);
  }

  /** A share of the way from a first value to a last one, or another value without a first one. */
  private static double between(OptionalDouble first, double last, double share, double otherwise) {
    return first.isEmpty() ? otherwise : first.getAsDouble() + (last - first.getAsDouble()) * share;
  }
}
