package io.spikeformer.model.optim;

import io.spikeformer.common.Check;

/**
 * Settings of an optimizer. The learning rate is not among them: it comes from a {@link Schedule}.
 *
 * @param name algorithm
 * @param weightDecay decay of the tensors that the groups say, in [0, 1); AdamW decouples it from
 *     the gradient, LAMB adds it to the direction, SGD to the gradient
 * @param beta1 decay of the first moment, in [0, 1); LAMB and AdamW
 * @param beta2 decay of the second moment, in [0, 1); LAMB and AdamW
 * @param epsilon added to the root of the second moment, &gt; 0; LAMB and AdamW
 * @param momentum momentum of SGD, in [0, 1)
 * @param nesterov whether SGD looks ahead by one step of its momentum
 * @param maxGradientNorm the gradient of all tensors together is scaled down to this norm if it is
 *     longer; 0 for no limit
 * @param maxTrustRatio upper limit of LAMB's trust ratio, &gt; 0 and finite
 * @param groups what is different for some tensors
 * @param warmUp what is different during the warm-up; SGD
 */
public record OptimizerConfig(
    OptimizerName name,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double momentum,
    boolean nesterov,
    double maxGradientNorm,
    double maxTrustRatio,
    ParameterGroups groups,
    WarmUp warmUp) {

  /** Validates the ranges. */
  public OptimizerConfig {
    if (name == null) {
      throw new IllegalArgumentException("optimizer name: expected one, found none");
    }
    requireFraction("weight-decay", weightDecay);
    requireFraction("beta1", beta1);
    requireFraction("beta2", beta2);
    requireFraction("momentum", momentum);
    Check.that(
        epsilon > 0 && epsilon < 1,
        "optimizer epsilon: expected a number in (0, 1), found %s",
        epsilon);
    Check.that(
        maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm),
        "optimizer max-gradient-norm: expected a number >= 0, found %s",
        maxGradientNorm);
    Check.that(
        maxTrustRatio > 0 && Double.isFinite(maxTrustRatio),
        "optimizer max-trust-ratio: expected a number > 0, found %s",
        maxTrustRatio);
    Check.that(groups != null, "optimizer groups: expected some, found %s", groups);
    Check.that(warmUp != null, "optimizer warm-up: expected some, found %s", warmUp);
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException(
          "optimizer nesterov: expected a momentum > 0, found momentum 0");
    }
  }

  /** Settings that are the same for all tensors and steps; only weights are decayed. */
  public OptimizerConfig(
      OptimizerName name,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double momentum,
      boolean nesterov,
      double maxGradientNorm,
      double maxTrustRatio) {
    this(
        name,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        momentum,
        nesterov,
        maxGradientNorm,
        maxTrustRatio,
        ParameterGroups.UNIFORM,
        WarmUp.NONE);
  }

  /**
   * The usual settings of an optimizer: betas 0.9 and 0.999; LAMB with weight decay 0.05, epsilon
   * 1e-6, trust ratio and global gradient norm limited to 1; AdamW with weight decay 0.05 and
   * epsilon 1e-8; SGD with weight decay 1e-4 and momentum 0.9.
   */
  public static OptimizerConfig defaults(OptimizerName name) {
    return switch (name) {
      case LAMB -> new OptimizerConfig(name, 0.05, 0.9, 0.999, 1e-6, 0, false, 1, 1);
      case ADAMW -> new OptimizerConfig(name, 0.05, 0.9, 0.999, 1e-8, 0, false, 0, 1);
      case SGD -> new OptimizerConfig(name, 1e-4, 0.9, 0.999, 1e-8, 0.9, false, 0, 1);
    };
  }

  private static void requireFraction(String what, double found) {
    Check.that(
        found >= 0 && found < 1,
        "optimizer %s: expected a number in [0, 1), found %s",
        what,
        found);
  }
}
