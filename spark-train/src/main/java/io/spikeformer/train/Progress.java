package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.train.output.EpochMetrics;
import java.time.Duration;

/**
 * Told of a training's progress, on the driver, one thing after the other. Every method may be left
 * out.
 */
public interface Progress {
  /** A listener that does nothing. */
  Progress SILENT = new Progress() {};

  /**
   * The shape of a training.
   *
   * @param length its steps, rounds and epochs
   * @param workers replicas
   * @param threads native threads of each worker
   * @param firstEpoch finished epochs: 0, or more after a resume
   * @param firstRound finished rounds of the current epoch
   */
  record Plan(TrainingLength length, int workers, int threads, int firstEpoch, int firstRound) {}

  /**
   * A finished round.
   *
   * @param metrics its figures
   * @param rounds rounds of the epoch
   * @param remaining estimate of the time left, without validation and checkpoints
   */
  record Round(RoundMetrics metrics, int rounds, Duration remaining) {
    /** Epoch, from 1. */
    public int epoch() {
      return metrics.place().epoch();
    }

    /** Round of the epoch, from 1. */
    public int round() {
      return metrics.place().round();
    }
  }

  /**
   * A checkpoint, or the finished model.
   *
   * @param location where it lies
   * @param stateSha256 of its parameters and statistics; empty if it was not computed
   */
  record Saved(String location, String stateSha256) {}

  /** Whether something takes longer than usual. */
  enum Pace {
    USUAL,
    LONGER
  }

  /**
   * A sign of life while no round ends.
   *
   * @param work what has begun, for example "epoch 1 round 8"
   * @param elapsed since then
   * @param state in words, for example "waiting for worker 2 on node7"
   * @param pace compared with the rounds before; work that cannot be compared is longer than usual
   *     from the first sign on
   */
  record Pulse(String work, Duration elapsed, String state, Pace pace) {
    /** One line. */
    public String text() {
      return Text.format("%s: %d s, %s", work, elapsed.toSeconds(), state);
    }
  }

  /** The training begins or continues. */
  default void started(Plan plan) {}

  /** A round's mean is the new state. */
  default void roundFinished(Round round) {}

  /** An epoch is trained and validated; its checkpoint is not written yet. */
  default void epochMeasured(EpochMetrics metrics) {}

  /** An epoch is trained and validated, and its checkpoint is written. */
  default void epochFinished(EpochMetrics metrics) {}

  /**
   * A checkpoint is about to be written: what a resumed training must find is to be in its files
   * now.
   *
   * @param step optimizer steps since the training began
   */
  default void checkpointBegins(long step) {}

  /** A checkpoint is whole; told by the thread that has written it, while rounds go on. */
  default void checkpointWritten(Saved checkpoint) {}

  /** The training has come to its end. */
  default void finished(Saved model) {}

  /** Work goes on; told every few seconds, from a thread of its own. */
  default void pulse(Pulse pulse) {}

  /** An executor has come, shows no sign of life or is gone; told as pulses are. */
  default void cluster(String message) {}

  /** Something that the user may want to know. */
  default void note(String message) {}

  /** Something that the user should know and that does not stop the training. */
  default void warning(String message) {}
}
