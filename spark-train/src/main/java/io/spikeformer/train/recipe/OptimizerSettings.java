package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.ParameterGroups;
import io.spikeformer.model.optim.ParameterGroups.DecayOn;
import io.spikeformer.model.optim.WarmUp;
import java.util.OptionalDouble;

/**
 * The recipe's optimizer. Null takes the optimizer's usual value, {@link OptimizerConfig#defaults}.
 *
 * @param name lamb, adamw or sgd
 * @param weightDecay decay of the tensors of decay-on
 * @param decayOn weights, the tensors of more than one dimension, or all
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param momentum momentum of SGD
 * @param nesterov whether SGD looks ahead
 * @param warmUpMomentum momentum of SGD at the first step of the warm-up; null if it is constant
 * @param warmUpBiasRate learning rate of biases at that step, SGD; null if it is that of other
 *     tensors
 * @param maxGradientNorm limit of the global gradient norm, 0 for none
 * @param maxTrustRatio limit of LAMB's trust ratio
 * @param neckRate factor of the learning rate for the neck
 * @param headRate factor of the learning rate for the head
 */
public record OptimizerSettings(
    String name,
    Double weightDecay,
    String decayOn,
    Double beta1,
    Double beta2,
    Double epsilon,
    Double momentum,
    Boolean nesterov,
    Double warmUpMomentum,
    Double warmUpBiasRate,
    Double maxGradientNorm,
    Double maxTrustRatio,
    double neckRate,
    double headRate) {

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
    refuse(!sgd && warmsUp(), "warm-up-momentum and warm-up-bias-rate");
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
        or(maxTrustRatio, usual.maxTrustRatio()),
        new ParameterGroups(DecayOn.of(decayOn), neckRate, headRate),
        new WarmUp(optional(warmUpMomentum), optional(warmUpBiasRate)));
  }

  /** Refuses a rate for a part that the network lacks. */
  void requireParts(NetworkConfig network) {
    if (neckRate != 1
        && ParameterLayout.of(network).entries().stream()
            .noneMatch(entry -> entry.part() == Part.NECK)) {
      throw new IllegalArgumentException(
          Text.format(
              "optimizer neck-rate: expected 1 for model %s, which has no neck, found %s",
              network.name(), neckRate));
    }
  }

  /** Refuses values of the first step of a warm-up that there is not. */
  void requireWarmUp(ScheduleSettings schedule) {
    Check.that(
        !warmsUp() || schedule.warmsUp(),
        "optimizer: expected warm-up-momentum and warm-up-bias-rate to be null without a warm-up,"
            + " found %s and %s; set schedule.warm-up-epochs or schedule.warm-up-iterations",
        warmUpMomentum,
        warmUpBiasRate);
  }

  private boolean warmsUp() {
    return warmUpMomentum != null || warmUpBiasRate != null;
  }

  private void refuse(boolean given, String keys) {
    if (given) {
      throw new IllegalArgumentException(
          Text.format(
              "optimizer: expected %s to be null for %s, which has no use for them", keys, name));
    }
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static double or(Double value, double usual) {
    return value == null ? usual : value;
  }
}
