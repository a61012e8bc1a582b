package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import java.io.Serializable;

/**
 * The step from a round's start to its mean, taken with momentum; see {@code OuterStep}.
 *
 * @param momentum share of the last outer step that goes into the next, in [0, 1)
 * @param rate factor of the outer step, &gt; 0
 * @param nesterov whether the step looks ahead by the momentum, which is then above 0
 */
public record OuterSettings(double momentum, double rate, boolean nesterov)
    implements Serializable {
  /** The next state is the mean itself. */
  public static final OuterSettings NONE = new OuterSettings(0, 1, false);

  /** Validates the ranges. */
  public OuterSettings {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          Text.format("averaging outer momentum: expected a number in [0, 1), found %s", momentum));
    }
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          Text.format("averaging outer rate: expected a number > 0, found %s", rate));
    }
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException(
          "averaging outer nesterov: expected false without momentum, found true; set"
              + " averaging.outer.momentum");
    }
  }

  /** Whether the mean is not simply the next state. */
  public boolean active() {
    return momentum != 0 || rate != 1;
  }
}
