package io.spikeformer.train.spark;

import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.averaging.MissingSliceException;
import io.spikeformer.train.spark.averaging.SharedState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * What rounds are run again from where too much is lost: the state of the last checkpoint, and the
 * rounds since. The state of a checkpoint comes in the background of the next round. Until it is
 * there, the one before counts.
 */
final class LastSave {
  private final List<Rounds.Round> since = new ArrayList<>();

  /** Set by the thread that copies, so that the one before is not held for longer. */
  private volatile TrainingState state;

  /** The driver's last copy; null while the one of a checkpoint comes. */
  private TrainingState copied;

  private StateCopy coming;
  private Path folder;
  private int roundsBefore;

  /** The state that a training begins with. */
  LastSave(TrainingState start) {
    this.state = start;
    this.copied = start;
  }

  /** A round is over. */
  void add(Rounds.Round round) {
    since.add(round);
  }

  /** Rounds since the last checkpoint whose state is there. */
  int rounds() {
    return since.size();
  }

  /** The state to begin with again; the rounds since are forgotten. */
  TrainingState state() {
    return state;
  }

  /** Hands out the rounds since, which are to be run again. */
  List<Rounds.Round> takeRounds() {
    List<Rounds.Round> rounds = List.copyOf(since);
    since.clear();
    return rounds;
  }

  /**
   * Copies a state while the training waits.
   *
   * @param step optimizer steps before
   * @param from where it is, asked before each attempt
   * @param recover gets back slices that are missing, with the number of attempts
   */
  TrainingState copy(long step, Supplier<SharedState> from, IntConsumer recover) {
    for (int attempt = 1; copied == null || copied.step() != step; attempt++) {
      try {
        copied = from.get().copy(step);
      } catch (MissingSliceException failure) {
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        recover.accept(attempt);
      }
    }
    return copied;
  }

  /**
   * A checkpoint begins.
   *
   * @param into the folder of what the workers keep
   * @param from its state
   * @param step optimizer steps before
   * @return the copy of the state, which comes in the background unless the driver has it
   */
  StateCopy begin(Path into, SharedState from, long step) {
    folder = into;
    roundsBefore = since.size();
    if (copied != null && copied.step() == step) {
      state = copied;
      coming = StateCopy.of(copied);
    } else {
      copied = null;
      coming = StateCopy.begin(from, step, there -> state = there);
    }
    return coming;
  }

  /**
   * Waits for the state of the last checkpoint, and copies it again where slices were missing.
   *
   * @param states where the state after so many steps is
   * @param recover as of {@link #copy}
   */
  void await(LongFunction<SharedState> states, IntConsumer recover) {
    for (int attempt = 1; !attempted(); attempt++) {
      try {
        state = states.apply(coming.step()).copy(coming.step());
        coming.complete(state);
      } catch (MissingSliceException failure) {
        if (Averaging.isFinal(failure, attempt)) {
          throw failure;
        }
        recover.accept(attempt);
      }
    }
  }

  /** Waits for the copy; returns false where slices were missing. */
  boolean attempted() {
    return coming == null || coming.attempted();
  }

  /** Whether the copy of a state is missing. */
  boolean isMissing(long step) {
    return coming != null && coming.step() == step && !coming.attempted();
  }

  /** The folder of the checkpoint whose state is being copied. */
  Path folder() {
    return folder;
  }

  /** Ends a checkpoint whose copy was {@link #attempted}; returns false if there was none. */
  boolean settle() {
    if (coming == null) {
      return false;
    }
    Waiting.result(coming.state());
    since.subList(0, roundsBefore).clear();
    coming = null;
    return true;
  }

  /** Waits for the copy, which nobody needs. */
  void giveUp() {
    if (coming != null) {
      coming.giveUp();
      coming = null;
    }
  }
}
