package io.spikeformer.eval.spark;

/** Told how far an evaluation is, on some thread of the driver, never on two at once. */
@FunctionalInterface
public interface EvaluationProgress {
  /** A listener that does nothing. */
  EvaluationProgress SILENT = (done, total) -> {};

  /**
   * Some samples are done; called with every heartbeat of an executor and at the end of each task,
   * the last time with all samples.
   *
   * @param done samples evaluated so far; a failed task takes its own back
   * @param total samples of the data
   */
  void samplesDone(long done, long total);
}
