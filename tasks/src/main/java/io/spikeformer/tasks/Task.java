package io.spikeformer.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.config.NetworkConfig;
import java.util.List;
import java.util.Optional;

/**
 * A task: the loss that a network minimises and the figures that judge its answers. The training
 * loop, the evaluator and the pages know figures, notes and sections, and nothing of any task.
 *
 * <p>A task has no state. {@link java.util.ServiceLoader} finds it, so that a new one is a package
 * and a line in {@code META-INF/services}.
 */
public interface Task {
  /** Its name in recipes, metrics and evaluations, for example classification. */
  String id();

  /** The kind of truth that its samples have. */
  TruthKind truth();

  /** Makes what the samples of a batch must give. */
  TargetMaker targets();

  /**
   * A reason why a network cannot answer it; empty if it can.
   *
   * @return in the words of an error, from {@code expected} on
   */
  default Optional<String> misfit(NetworkConfig network) {
    return Optional.empty();
  }

  /**
   * Refuses settings of the loss that have no meaning for the task.
   *
   * @throws IllegalArgumentException that says what to set
   */
  default void requireMeaning(LossSettings settings) {}

  /**
   * The loss that a training step minimises.
   *
   * @param network that is trained; it is no {@link #misfit}
   * @param batch with targets as {@link #targets} made them
   * @param settings of the recipe
   * @param teaching what a teacher says of the batch
   * @param draw what random choices depend on
   */
  BatchLoss loss(
      NetworkConfig network,
      Batch batch,
      LossSettings settings,
      Teaching teaching,
      TrainingDraw draw);

  /** Whether it can learn from a teacher's answers. */
  boolean teachable();

  /** The figure that a training shows beside the loss. Its name is a key in the metrics' files. */
  Figure trainingFigure(long hits, long of);

  /**
   * Names of what a model answers with, which its checkpoints keep.
   *
   * @param classes names of the data's classes, in the order of their labels
   * @return the same if it answers with a class; none if its answers have no names
   */
  List<String> names(List<String> classes);

  /**
   * How many values a model must answer with: {@code model.classes} of its recipe.
   *
   * @param classes names of the data's classes, in the order of their labels
   */
  int outputs(List<String> classes);

  /**
   * How a model's answers on some data are scored.
   *
   * @param model the model's classes
   * @param outputs number of values that the model answers with
   * @param data what the data are called in messages
   * @param classes names of the data's classes, in the order of their labels
   * @throws io.spikeformer.common.UserException in one line if model and data do not fit
   */
  Scoring scoring(ModelClasses model, int outputs, String data, List<String> classes);

  /**
   * Reads back a result from what {@link TaskResult#fields} gave.
   *
   * @param evaluation the whole evaluation.json
   * @throws JsonProcessingException if it lacks something, or holds something else
   */
  TaskResult read(ObjectNode evaluation) throws JsonProcessingException;

  /** The classes of its counts and their parts, for serializers that must know every class. */
  List<Class<?>> countTypes();
}
