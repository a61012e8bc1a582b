package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;

/**
 * How the workers are averaged.
 *
 * @param workers replicas that train side by side, each on its share of the data, &gt;= 1
 * @param frequency minibatches that each worker trains in a round before the states are averaged; 1
 *     is synchronous training
 * @param moments what becomes of the optimizer moments: average, reset or local
 * @param intervals rounds from one average of a moment to the next
 * @param statistics what becomes of batch normalisation's running statistics: average
 * @param transport how the workers' parts travel to the mean and back: float32, bfloat16, int8 or
 *     int4
 * @param outer momentum of the averaged step
 * @param delay rounds after which a mean is applied: 0 at once, 1 at the end of the next round
 * @param elastic whether the number of executors may change by Spark's dynamic allocation
 */
public record AveragingSettings(
    int workers,
    FrequencySettings frequency,
    String moments,
    IntervalSettings intervals,
    String statistics,
    String transport,
    OuterSettings outer,
    int delay,
    boolean elastic) {
  private static final String AVERAGE = "average";

  /** Validates the ranges. */
  public AveragingSettings {
    if (workers < 1) {
      throw new IllegalArgumentException(
          Text.format("averaging workers: expected >= 1, found %s", workers));
    }
    if (frequency == null) {
      throw new IllegalArgumentException(
          "averaging frequency: expected a number or a rule, found nothing");
    }
    MomentsPolicy.of(moments);
    Check.that(
        intervals != null,
        "averaging intervals: expected first-moment and second-moment, found nothing");
    Check.that(
        !intervals.active() || AVERAGE.equals(moments),
        "averaging intervals: expected moments average, found %s; set averaging.moments=average, or"
            + " both intervals to 1",
        moments);
    if (!AVERAGE.equals(statistics)) {
      throw new IllegalArgumentException(
          Text.format(
              "averaging statistics: expected average, found '%s': validation and inference read"
                  + " one set of statistics, and the mean of running means is the running mean of"
                  + " the workers' means",
              statistics));
    }
    Transport.of(transport);
    if (outer == null) {
      throw new IllegalArgumentException(
          "averaging outer: expected momentum and rate, found nothing");
    }
    Check.that(delay == 0 || delay == 1, "averaging delay: expected 0 or 1, found %s", delay);
    Check.that(
        delay == 0 || MomentsPolicy.of(moments) != MomentsPolicy.RESET,
        "averaging delay: expected 0 with moments reset, whose rounds begin anew with the mean,"
            + " found %s; set averaging.delay=0, or averaging.moments=average or local",
        delay);
    Check.that(
        delay == 0 || !Transport.of(transport).isQuantised(),
        "averaging delay: expected 0 with transport %s, whose integers are differences from a start"
            + " that all workers have in common, found %s; set averaging.delay=0, or"
            + " averaging.transport=float32 or bfloat16",
        transport,
        delay);
  }

  /**
   * Whether means are applied a round late. With one worker there is nothing to wait for: its mean
   * is its own state.
   */
  public boolean delayed() {
    return workers > 1 && delay > 0;
  }

  /** Whether each worker has a file beside every checkpoint, for what it keeps to itself. */
  public boolean keepsFiles() {
    return keepsMoments() || delayed() || form().isQuantised();
  }

  /** The treatment of the moments. */
  public MomentsPolicy momentsPolicy() {
    return MomentsPolicy.of(moments);
  }

  /** Whether moments stay with the workers from one round to the next. */
  public boolean keepsMoments() {
    return momentsPolicy() == MomentsPolicy.LOCAL || intervals.active();
  }

  /**
   * The form in which states travel. One worker's state is the mean, so that it always travels as
   * it is.
   */
  public Transport form() {
    return workers > 1 ? Transport.of(transport) : Transport.FLOAT32;
  }
}
