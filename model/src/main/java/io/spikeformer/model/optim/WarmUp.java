package io.spikeformer.model.optim;

import io.spikeformer.common.Check;
import java.util.OptionalDouble;

/**
 * Values of SGD that have a warm-up of their own, as in YOLOv5. They change in a straight line
 * during the warm-up of the {@link Schedule}.
 *
 * @param momentum of the first step, in [0, 1); empty if the momentum is constant
 * @param biasRate learning rate of biases at the first step, a finite number &gt;= 0; empty if
 *     biases have the rate of other tensors
 */
public record WarmUp(OptionalDouble momentum, OptionalDouble biasRate) {
  /** No value has a warm-up of its own. */
  public static final WarmUp NONE = new WarmUp(OptionalDouble.empty(), OptionalDouble.empty());

  /** Validates the ranges. */
  public WarmUp {
    momentum.ifPresent(
        start ->
            Check.that(
                start >= 0 && start < 1,
                "optimizer warm-up-momentum: expected a number in [0, 1), found %s",
                start));
    biasRate.ifPresent(
        start ->
            Check.that(
                start >= 0 && Double.isFinite(start),
                "optimizer warm-up-bias-rate: expected a number >= 0, found %s",
                start));
  }
}
