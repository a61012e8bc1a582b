package io.spikeformer.jobs.cli;

import io.spikeformer.eval.spark.EvaluationProgress;

/** Shows an evaluation: a bar of images. */
public final class EvaluationDisplay implements EvaluationProgress, AutoCloseable {
  private final String task;
  private ConsoleProgress console;

  /** A display of a task, for example "evaluating T = 4". */
  public EvaluationDisplay(String task) {
    this.task = task;
  }

  @Override
  public synchronized void samplesDone(long done, long total) {
    if (console == null) {
      console = ConsoleProgress.start(task, " images", total, 0);
    }
    console.update(done, "");
  }

  @Override
  public synchronized void close() {
    if (console != null) {
      console.close();
    }
  }
}
