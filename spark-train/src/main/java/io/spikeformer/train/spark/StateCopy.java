package io.spikeformer.train.spark;

import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.SharedState;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The driver's copy of a state, which comes in the background of the next round. */
final class StateCopy {
  private final long step;
  private final CompletableFuture<TrainingState> state;

  /** What copies; null if the state is there already. */
  private final Thread attempt;

  private StateCopy(long step, CompletableFuture<TrainingState> state, Thread attempt) {
    this.step = step;
    this.state = state;
    this.attempt = attempt;
  }

  /** A state that the driver has. */
  static StateCopy of(TrainingState state) {
    return new StateCopy(state.step(), CompletableFuture.completedFuture(state), null);
  }

  /**
   * Begins to copy. Where slices are missing, that ends without a result, and the owner copies
   * again.
   *
   * @param step optimizer steps before
   * @param receiver is told of the copy first
   */
  static StateCopy begin(SharedState from, long step, Consumer<TrainingState> receiver) {
    CompletableFuture<TrainingState> state = new CompletableFuture<>();
    Thread attempt =
        new Thread(
            () -> {
              try {
                TrainingState copied = from.copy(step);
                receiver.accept(copied);
                state.complete(copied);
              } catch (MissingSliceException lost) {
                // left to the owner
              } catch (Throwable failure) {
                state.completeExceptionally(failure);
              }
            },
            "copy of the state");
    attempt.setDaemon(true);
    attempt.start();
    return new StateCopy(step, state, attempt);
  }

  /** Optimizer steps before the state. */
  long step() {
    return step;
  }

  /** The copy, or why there is none. */
  CompletableFuture<TrainingState> state() {
    return state;
  }

  /** Waits for the end of the attempt; returns false where slices were missing. */
  boolean attempted() {
    if (attempt != null) {
      Waiting.until(attempt);
    }
    return state.isDone();
  }

  /** The owner has copied. */
  void complete(TrainingState copied) {
    state.complete(copied);
  }

  /** Waits for the end of the attempt, whose failure is final. */
  void giveUp() {
    if (!attempted()) {
      state.completeExceptionally(new MissingSliceException("slices of the state are missing"));
    }
  }
}
