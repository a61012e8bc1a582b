package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;

/**
 * After how many rounds the optimizer moments are averaged, where parameters are averaged in every
 * round (DES-LOC, Iacob et al. 2025). In the rounds between, each worker keeps its own moment.
 *
 * @param firstMoment rounds from one average of the first moment to the next, &gt;= 1
 * @param secondMoment those of the second moment, a multiple of the first one's; without meaning
 *     for an optimizer that has one moment
 */
public record IntervalSettings(int firstMoment, int secondMoment) {
  /** Moments are averaged like the parameters. */
  public static final IntervalSettings EVERY_ROUND = new IntervalSettings(1, 1);

  /** Validates the ranges. */
  public IntervalSettings {
    Check.that(
        firstMoment >= 1, "averaging intervals first-moment: expected >= 1, found %s", firstMoment);
    Check.that(
        secondMoment >= 1 && secondMoment % firstMoment == 0,
        "averaging intervals second-moment: expected a multiple of first-moment = %s, found %s",
        firstMoment,
        secondMoment);
  }

  /** Whether there are rounds in which a moment is not averaged. */
  public boolean active() {
    return secondMoment > 1;
  }

  /** Moments that are averaged at the end of a round, counted from 1 since the training began. */
  int moments(long round) {
    return (round % firstMoment == 0 ? 1 : 0) + (round % secondMoment == 0 ? 1 : 0);
  }
}
