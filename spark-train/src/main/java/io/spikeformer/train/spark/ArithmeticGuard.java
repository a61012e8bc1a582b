package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.train.Progress;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.spark.TrainingOptions.OtherArithmetic;
import java.util.List;

/**
 * Sees to it that a training is computed alike from its first step to its last, on every executor.
 * Other threads, kernels, vectors or instruction sets form sums in another order. Then a retried
 * task or a resumed training would end with other bits.
 */
final class ArithmeticGuard {
  private final OtherArithmetic policy;
  private final Progress progress;
  private Arithmetic current;
  private String firstHost;

  private ArithmeticGuard(OtherArithmetic policy, Progress progress, Arithmetic current) {
    this.policy = policy;
    this.progress = progress;
    this.current = current;
  }

  /** For a training that has nothing left to compute: its model is what the checkpoint says. */
  static ArithmeticGuard atTheEnd(StartingPoint start) {
    return new ArithmeticGuard(OtherArithmetic.ALLOW, Progress.SILENT, start.arithmetic());
  }

  /**
   * Begins with what the executors say before the first round.
   *
   * @param start where the training begins or continues
   * @throws UserException in one line if the executors differ, or compute otherwise than the
   *     checkpoint says, and that is not allowed
   */
  static ArithmeticGuard begin(
      OtherArithmetic policy,
      Progress progress,
      StartingPoint start,
      List<ExecutorArithmetic> executors) {
    ArithmeticGuard guard = new ArithmeticGuard(policy, progress, null);
    executors.forEach(guard::require);
    guard.compareWith(start);
    return guard;
  }

  /** The arithmetic of the training since it began or was continued. */
  Arithmetic current() {
    return current;
  }

  /**
   * Takes what an executor has computed with.
   *
   * @throws UserException in one line if it differs from the others and that is not allowed
   */
  void require(ExecutorArithmetic executor) {
    Arithmetic here = executor.arithmetic();
    if (current == null) {
      current = here;
      firstHost = executor.host();
      return;
    }
    Arithmetic both = current.mixedWith(here);
    if (here.equals(current) || both.equals(current)) {
      return;
    }
    String found =
        Text.format(
            "arithmetic of the executors: expected the same as on %s everywhere, found another on"
                + " %s: %s",
            firstHost, executor.host(), String.join("; ", current.differences(here)));
    refuseOrWarn(found, "use executors of one kind");
    current = both;
  }

  private void compareWith(StartingPoint start) {
    if (start.file().isEmpty() || current == null) {
      return;
    }
    if (start.arithmetic() == null) {
      progress.note(
          Text.format(
              "checkpoint %s does not say what it was computed with: this run's is not compared",
              start.file()));
      return;
    }
    List<String> differences = start.arithmetic().differences(current);
    if (!differences.isEmpty()) {
      String found =
          Text.format(
              "resume: the arithmetic of checkpoint %s differs: %s",
              start.file(), String.join("; ", differences));
      refuseOrWarn(found, "compute as recorded, with --threads and --kernels");
    }
  }

  private void refuseOrWarn(String found, String remedy) {
    if (policy == OtherArithmetic.REFUSE) {
      throw new UserException(
          "%s; the last bits would differ: %s, or add --allow-other-arithmetic", found, remedy);
    }
    progress.warning(found + "; allowed: the last bits differ from here on");
  }
}
