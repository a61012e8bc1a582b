package io.spikeformer.jobs.infer;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** The task of a model, and the options that have a meaning for one task alone. */
final class TaskOptions {
  private static final Map<TruthKind, List<String>> OPTIONS =
      Map.of(
          TruthKind.CLASS_LABEL, List.of("--format", "--top", "--logits"),
          TruthKind.LABEL_MAP, List.of("--palette"),
          TruthKind.OBJECTS, List.of("--least-score"));

  private TaskOptions() {}

  /** The kind of truth that the model finds. */
  static TruthKind truth(Checkpoint checkpoint) {
    if (checkpoint.recipe().isBlank()) {
      // weights from elsewhere: the head tells
      return Tasks.all().stream()
          .filter(task -> task.truth() != TruthKind.CLASS_LABEL)
          .filter(task -> task.misfit(checkpoint.config()).isEmpty())
          .map(Task::truth)
          .findFirst()
          .orElse(TruthKind.CLASS_LABEL);
    }
    return Tasks.of(RecipeReader.taskOf(checkpoint.recipe())).truth();
  }

  /**
   * Refuses options of other tasks.
   *
   * @throws UserException in one line that names the option
   */
  static void requireOf(TruthKind truth, ParseResult given) {
    OPTIONS.forEach(
        (other, names) -> {
          for (String name : names) {
            if (other != truth && given.hasMatchedOption(name)) {
              throw new UserException(
                  "%s: expected a model of %s, found one of task %s; leave it out",
                  name, other.task(), truth.task());
            }
          }
        });
  }
}
