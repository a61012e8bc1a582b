package io.spikeformer.train;

import java.time.Duration;

/** Told of a training's progress, on the driver, in order. Every method may be left out. */
public interface Progress {
  /** A listener that does nothing. */
  Progress SILENT = new Progress() {};

  /**
   * The shape of a training.
   *
   * @param epochs epochs of the whole training
   * @param roundsPerEpoch rounds of each
   * @param stepsPerEpoch optimizer steps of each
   * @param workers replicas
   * @param threads native threads of each worker
   * @param firstEpoch finished epochs: 0, or more after a resume
   * @param firstRound finished rounds of the current epoch
   */
  record Plan(
      int epochs,
      int roundsPerEpoch,
      int stepsPerEpoch,
      int workers,
      int threads,
      int firstEpoch,
      int firstRound) {}

  /**
   * A finished round.
   *
   * @param epoch from 1
   * @param round from 1
   * @param rounds rounds of the epoch
   * @param step optimizer steps since the training began
   * @param loss mean training loss of the round
   * @param learningRate rate of the round's last step
   * @param imagesPerSecond samples of the round per second
   * @param remaining estimate of the time left, without validation and checkpoints
   */
  record Round(
      int epoch,
      int round,
      int rounds,
      long step,
      double loss,
      double learningRate,
      double imagesPerSecond,
      Duration remaining) {}

  /** The training begins or continues. */
  default void started(Plan plan) {}

  /** A round's mean is the new state. */
  default void roundFinished(Round round) {}

  /** An epoch is trained and validated, and its checkpoint is written. */
  default void epochFinished(EpochMetrics metrics) {}

  /** A checkpoint is whole. */
  default void checkpointWritten(String location) {}

  /** Something that the user should know and that does not stop the training. */
  default void warning(String message) {}
}
