package io.spikeformer.jobs.prepare;

import io.spikeformer.data.sample.Note;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.spark.PrepareListener;
import io.spikeformer.jobs.cli.ConsoleProgress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a conversion: a bar of input files. */
final class PrepareDisplay implements PrepareListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrepareDisplay.class);
  private static final int MAX_SHOWN = 10;

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
  public void noted(List<Note> notes) {
    notes.stream().limit(MAX_SHOWN).forEach(note -> LOG.warn("{}: {}", note.path(), note.text()));
    if (notes.size() > MAX_SHOWN) {
      LOG.warn("... and {} more, see {}", notes.size() - MAX_SHOWN, ShardManifest.NOTES_FILE);
    }
  }

  @Override
  public void close() {
    if (console != null) {
      console.close();
    }
  }
}
