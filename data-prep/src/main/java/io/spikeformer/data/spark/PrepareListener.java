package io.spikeformer.data.spark;

import io.spikeformer.data.sample.Note;
import io.spikeformer.data.shard.ShardManifest;
import java.util.List;

/** Is told how a conversion goes on; called on the thread that runs the job. */
public interface PrepareListener {
  /** A listener that does nothing. */
  PrepareListener SILENT = new PrepareListener() {};

  /**
   * The input is known and its conversion begins.
   *
   * @param files input files
   * @param bytes their size together
   */
  default void started(long files, long bytes) {}

  /**
   * Some of it is done; called about twice a second. Shards kept from an earlier run are not
   * counted, work repeated after a failure is counted again: these numbers are for showing only.
   *
   * @param accepted samples written so far
   * @param rejected input files rejected so far
   * @param bytes input bytes read so far
   */
  default void progressed(long accepted, long rejected, long bytes) {}

  /**
   * Decisions about accepted files that could have been others; called before {@link #finished}.
   *
   * @param notes as {@code _notes.jsonl} lists them; empty if there are none
   */
  default void noted(List<Note> notes) {}

  /** Everything is written. */
  default void finished(ShardManifest manifest) {}
}
