package io.spikeformer.train.spark;

import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.train.output.EpochMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The checkpoints of a training, of which one at most is being written: in the background of the
 * rounds behind it.
 */
final class Checkpoints implements AutoCloseable {
  private final Rounds rounds;
  private final Records records;
  private final ExecutorService writer;
  private Saving saving;
  private String last;

  /**
   * Checkpoints of a training.
   *
   * @param last location of the one that it continues; empty for none
   */
  Checkpoints(Rounds rounds, Records records, String last) {
    this.rounds = rounds;
    this.records = records;
    this.last = last;
    this.writer =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "checkpoint");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * A checkpoint that is being written.
   *
   * @param place where in the training it was begun, in words
   * @param copy of its state
   * @param file its location, once it is whole
   */
  private record Saving(String place, StateCopy copy, CompletableFuture<String> file) {}

  /** Whether one was begun that is not {@link #finish finished}. */
  boolean isWriting() {
    return saving != null;
  }

  /** Where in the training the one that is being written was begun; a default if none is. */
  String place(String otherwise) {
    return saving == null ? otherwise : saving.place();
  }

  /** Begins one; the one before is {@link #finish finished}. */
  void begin(
      String place, TrainingPosition position, List<EpochMetrics> history, Arithmetic arithmetic) {
    List<EpochMetrics> past = List.copyOf(history);
    Rounds.Saved saved = rounds.save(records.beginCheckpoint(position));
    CompletableFuture<String> file =
        saved
            .copy()
            .state()
            .thenApplyAsync(
                state -> records.save(state, position, past, saved.checksums(), arithmetic),
                writer);
    saving = new Saving(place, saved.copy(), file);
  }

  /** Behind a round: the state of the one before leaves the executors now. */
  void settle() {
    rounds.settle();
    if (saving != null && saving.file().isDone()) {
      finish();
    }
  }

  /** Waits until the one that is being written is whole. */
  void finish() {
    if (saving == null) {
      return;
    }
    rounds.settle();
    CompletableFuture<String> file = saving.file();
    try {
      last = Waiting.result(file);
    } finally {
      saving = null;
    }
  }

  /** The last one that is whole, for the message of a training that ends here. */
  String lastGood() {
    abandon();
    return last.isEmpty() ? "none yet" : last;
  }

  /** Waits for the one that is being written, whose failure is not told. */
  private void abandon() {
    if (saving == null) {
      return;
    }
    Saving unfinished = saving;
    saving = null;
    try {
      unfinished.copy().giveUp();
      last = Waiting.result(unfinished.file());
    } catch (RuntimeException | Error failure) {
      // the training ends for another reason, or this one was told already
      writer.shutdownNow();
    }
  }

  /** Waits for the one that is being written. */
  @Override
  public void close() {
    abandon();
    writer.shutdown();
  }
}
