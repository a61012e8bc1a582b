package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.Schedule.Decay;

/**
 * The recipe's learning rate.
 *
 * @param decay cosine, polynomial or constant
 * @param epochs epochs of the whole training, &gt;= 1
 * @param warmUpEpochs epochs of the linear warm-up from 0, may be a fraction
 * @param baseRate rate before scaling, &gt; 0
 * @param scaling none, or linear: the rate is multiplied by batch size * workers / 256
 * @param minRate rate at the end, not scaled
 * @param power exponent of the polynomial decay
 */
public record ScheduleSettings(
    String decay,
    int epochs,
    double warmUpEpochs,
    double baseRate,
    String scaling,
    double minRate,
    double power) {
  private static final double REFERENCE_BATCH = 256;

  /** Validates what does not depend on the data. */
  public ScheduleSettings {
    Decay.of(decay);
    if (epochs < 1) {
      throw new IllegalArgumentException(
          Text.format("schedule epochs: expected >= 1, found %s", epochs));
    }
    if (!(warmUpEpochs >= 0 && warmUpEpochs <= epochs)) {
      throw new IllegalArgumentException(
          Text.format("schedule warm-up-epochs: expected 0 to %s, found %s", epochs, warmUpEpochs));
    }
    if (!scaling.equals("none") && !scaling.equals("linear")) {
      throw new IllegalArgumentException(
          Text.format("schedule scaling: expected none or linear, found '%s'", scaling));
    }
  }

  /** The rate after warm-up when so many samples are seen per step by all workers together. */
  public double peakRate(int samplesPerStep) {
    return scaling.equals("linear") ? baseRate * samplesPerStep / REFERENCE_BATCH : baseRate;
  }

  /**
   * The rate of each step.
   *
   * @param stepsPerEpoch optimizer steps that each worker takes in an epoch
   * @param samplesPerStep batch size * workers
   */
  public Schedule toSchedule(int stepsPerEpoch, int samplesPerStep) {
    return new Schedule(
        Decay.of(decay),
        peakRate(samplesPerStep),
        minRate,
        Math.round(warmUpEpochs * stepsPerEpoch),
        (long) epochs * stepsPerEpoch,
        power);
  }
}
