package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;

/**
 * The recipe's optimizer. Null takes the optimizer's usual value, {@link OptimizerConfig#defaults}.
 *
 * @param name lamb, adamw or sgd
 * @param weightDecay decay of tensors with more than one dimension
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param momentum momentum of SGD
 * @param nesterov whether SGD looks ahead
 * @param maxGradientNorm limit of the global gradient norm, 0 for none
 * @param maxTrustRatio limit of LAMB's trust ratio
 */
public record OptimizerSettings(
    String name,
    Double weightDecay,
    Double beta1,
    Double beta2,
    Double epsilon,
    Double momentum,
    Boolean nesterov,
    Double maxGradientNorm,
    Double maxTrustRatio) {

  /**
   * The optimizer's usual settings with these differences.
   *
   * @throws IllegalArgumentException for an unknown name or an impossible value
   */
  public OptimizerConfig toConfig() {
    OptimizerName known = OptimizerName.of(name);
    boolean sgd = known == OptimizerName.SGD;
    refuse(sgd && (beta1 != null || beta2 != null || epsilon != null), "beta1, beta2 and epsilon");
    refuse(!sgd && (momentum != null || nesterov != null), "momentum and nesterov");
    refuse(known != OptimizerName.LAMB && maxTrustRatio != null, "max-trust-ratio");
    OptimizerConfig usual = OptimizerConfig.defaults(known);
    return new OptimizerConfig(
        usual.name(),
        or(weightDecay, usual.weightDecay()),
        or(beta1, usual.beta1()),
        or(beta2, usual.beta2()),
        or(epsilon, usual.epsilon()),
        or(momentum, usual.momentum()),
        nesterov == null ? usual.nesterov() : nesterov,
        or(maxGradientNorm, usual.maxGradientNorm()),
        or(maxTrustRatio, usual.maxTrustRatio()));
  }

  private void refuse(boolean given, String keys) {
    if (given) {
      throw new IllegalArgumentException(
          Text.format(
              "optimizer: expected %s to be null for %s, which has no use for them", keys, name));
    }
  }

  private static double or(Double value, double usual) {
    return value == null ? usual : value;
  }
}
