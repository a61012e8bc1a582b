package io.spikeformer.jobs;

import io.spikeformer.data.spark.PrepareListener;

/** Shows a conversion: a bar of input files. */
final class PrepareDisplay implements PrepareListener, AutoCloseable {
  private final String task;
  private ConsoleProgress console;

  /** A display of a task, for example "preparing train". */
  PrepareDisplay(String task) {
    this.task = task;
  }

  @Override
  public void started(long files, long bytes) {
    console = ConsoleProgress.start(task, " files", files, 0);
  }

  @Override
  public void progressed(long accepted, long rejected, long bytes) {
    console.update(accepted + rejected, rejected == 0 ? "none rejected" : rejected + " rejected");
  }

  @Override
  public void close() {
    if (console != null) {
      console.close();
    }
  }
}
