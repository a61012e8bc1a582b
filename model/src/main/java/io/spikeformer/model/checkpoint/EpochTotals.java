package io.spikeformer.model.checkpoint;

/**
 * What the finished rounds of the current epoch add up to, so that a resumed epoch reports as a
 * whole.
 *
 * @param samples training samples seen
 * @param correct samples whose largest logit was the label's
 * @param lossSum sum over samples of the loss
 * @param computeSeconds wall time of rounds in which the workers trained
 * @param averagingSeconds wall time of forming and collecting the mean
 * @param checkpointSeconds wall time of writing checkpoints
 */
public record EpochTotals(
    long samples,
    long correct,
    double lossSum,
    double computeSeconds,
    double averagingSeconds,
    double checkpointSeconds) {
  /** Nothing yet. */
  public static final EpochTotals EMPTY = new EpochTotals(0, 0, 0, 0, 0, 0);

  /** The same with more time spent on checkpoints. */
  public EpochTotals plusCheckpointSeconds(double seconds) {
    return new EpochTotals(
        samples, correct, lossSum, computeSeconds, averagingSeconds, checkpointSeconds + seconds);
  }
}
