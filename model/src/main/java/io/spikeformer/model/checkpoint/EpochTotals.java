package io.spikeformer.model.checkpoint;

/**
 * The totals of the finished rounds of the current epoch, so that a resumed epoch reports as a
 * whole.
 *
 * @param training samples, loss and what the training figure counts
 * @param computeSeconds wall time of rounds in which the workers trained
 * @param averagingSeconds wall time of forming and collecting the mean
 * @param checkpointSeconds wall time of writing checkpoints
 */
public record EpochTotals(
    TrainingTally training,
    double computeSeconds,
    double averagingSeconds,
    double checkpointSeconds) {
  /** Nothing yet. */
  public static final EpochTotals EMPTY = new EpochTotals(TrainingTally.NONE, 0, 0, 0);

  /** The same with more time spent on checkpoints. */
  public EpochTotals plusCheckpointSeconds(double seconds) {
    return new EpochTotals(training, computeSeconds, averagingSeconds, checkpointSeconds + seconds);
  }
}
