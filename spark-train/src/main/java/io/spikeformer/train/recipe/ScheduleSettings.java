package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.Schedule.Decay;
import io.spikeformer.model.optim.Schedule.Ends;

/**
 * The recipe's learning rate. A training is counted in epochs or in iterations, which are optimizer
 * steps; the keys of the other count are null.
 *
 * @param decay cosine, polynomial or constant
 * @param epochs epochs of the whole training, &gt;= 1; null with iterations
 * @param iterations optimizer steps of the whole training, &gt;= 1; null with epochs
 * @param warmUpEpochs epochs of the linear warm-up from 0, may be a fraction; null with iterations
 * @param warmUpIterations steps of the linear warm-up: null for none, or 2 or more
 * @param warmUpStart rate of step 0 as a share of the rate behind that warm-up, in [0, 1]
 * @param baseRate rate before scaling, &gt; 0
 * @param scaling none, or linear: the rate is multiplied by batch size * workers / 256
 * @param minRate rate at the end, not scaled
 * @param power exponent of the polynomial decay
 */
public record ScheduleSettings(
    String decay,
    Integer epochs,
    Integer iterations,
    Double warmUpEpochs,
    Integer warmUpIterations,
    double warmUpStart,
    double baseRate,
    String scaling,
    double minRate,
    double power) {
  private static final double REFERENCE_BATCH = 256;

  /** Validates what does not depend on the data. */
  public ScheduleSettings {
    Decay.of(decay);
    if (iterations == null) {
      requireEpochs(epochs, warmUpEpochs);
      Check.that(
          warmUpIterations == null && warmUpStart == 0,
          "schedule: expected warm-up-iterations null and warm-up-start 0 without iterations, found"
              + " %s and %s; set schedule.iterations, or use warm-up-epochs",
          warmUpIterations,
          warmUpStart);
    } else {
      Check.that(
          epochs == null && warmUpEpochs == null,
          "schedule: expected epochs and warm-up-epochs null with iterations, found %s and %s; set"
              + " schedule.epochs=null and schedule.warm-up-epochs=null",
          epochs,
          warmUpEpochs);
      requireIterations(iterations, warmUpIterations, warmUpStart);
    }
    if (!scaling.equals("none") && !scaling.equals("linear")) {
      throw new IllegalArgumentException(
          Text.format("schedule scaling: expected none or linear, found '%s'", scaling));
    }
  }

  private static void requireEpochs(Integer epochs, Double warmUp) {
    Check.that(epochs != null, "schedule: expected epochs or iterations, found neither");
    Check.that(epochs >= 1, "schedule epochs: expected >= 1, found %s", epochs);
    Check.that(
        warmUp != null && warmUp >= 0 && warmUp <= epochs,
        "schedule warm-up-epochs: expected 0 to %s, found %s",
        epochs,
        warmUp);
  }

  private static void requireIterations(int iterations, Integer warmUp, double start) {
    Check.that(iterations >= 1, "schedule iterations: expected >= 1, found %s", iterations);
    Check.that(
        warmUp == null || (warmUp >= 2 && warmUp <= iterations),
        "schedule warm-up-iterations: expected null or 2 to %s, found %s",
        iterations,
        warmUp);
    Check.that(
        start >= 0 && start <= 1,
        "schedule warm-up-start: expected a share in [0, 1], found %s",
        start);
    Check.that(
        warmUp != null || start == 0,
        "schedule warm-up-start: expected 0 without warm-up-iterations, found %s",
        start);
  }

  /** The rate after warm-up when so many samples are seen per step by all workers together. */
  public double peakRate(int samplesPerStep) {
    return scaling.equals("linear") ? baseRate * samplesPerStep / REFERENCE_BATCH : baseRate;
  }

  /** Optimizer steps of the whole training, of so many an epoch. */
  public long totalSteps(int stepsPerEpoch) {
    return iterations == null ? (long) epochs * stepsPerEpoch : iterations;
  }

  /**
   * The rate of each step.
   *
   * @param stepsPerEpoch optimizer steps that each worker takes in an epoch
   * @param samplesPerStep batch size * workers
   */
  public Schedule toSchedule(int stepsPerEpoch, int samplesPerStep) {
    boolean counted = iterations != null;
    return new Schedule(
        Decay.of(decay),
        peakRate(samplesPerStep),
        minRate,
        counted ? warmUpSteps() : Math.round(warmUpEpochs * stepsPerEpoch),
        totalSteps(stepsPerEpoch),
        power,
        counted ? Ends.AT_LAST_STEP : Ends.BEHIND_LAST_STEP,
        warmUpStart);
  }

  /** Whether the learning rate is warmed up. */
  boolean warmsUp() {
    return iterations == null ? warmUpEpochs > 0 : warmUpIterations != null;
  }

  private long warmUpSteps() {
    return warmUpIterations == null ? 0 : warmUpIterations;
  }
}
