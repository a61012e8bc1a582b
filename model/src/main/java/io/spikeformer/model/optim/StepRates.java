package io.spikeformer.model.optim;

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
    double left = 1 - schedule.warmedUp(step);
    WarmUp warmUp = config.warmUp();
    double momentum = config.momentum();
    double firstMomentum = warmUp.momentum().orElse(momentum);
    double biasRate = rate;
    if (warmUp.biasRate().isPresent() && left > 0) {
      double first = warmUp.biasRate().getAsDouble();
      biasRate = first + (schedule.peak() - first) * (1 - left);
    }
    return new StepRates(rate, biasRate, momentum + (firstMomentum - momentum) * left);
  }
}
