package io.spikeformer.train.recipe;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.UriCredentials;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Tasks;
import java.util.List;

/**
 * Everything that decides the result of a training, besides the data: two trainings with equal
 * recipes, data and arithmetic end with the same bits.
 *
 * @param task name of what is learnt
 * @param model architecture
 * @param data batches and transforms
 * @param optimizer optimizer
 * @param freeze parts of the model that are not trained
 * @param schedule learning rate and epochs
 * @param loss loss
 * @param distillation teacher whose answers the second linear layer of the head learns
 * @param averaging workers and rounds
 * @param checkpoint when checkpoints are written
 * @param watch when a firing rate is worth an alarm
 * @param recompute what the backward pass computes again to save memory: none or block; never
 *     changes the result
 * @param initialiseFrom URI of the checkpoint or output folder that the training starts from, or
 *     null to start from random parameters
 * @param initialiseHead what becomes of that model's neck and head: {@code trained} takes the
 *     tensors that fit, {@code new} begins with initial values
 * @param seed of the parameters, the order of samples and the augmentation
 */
public record Recipe(
    String task,
    ModelSettings model,
    DataSettings data,
    OptimizerSettings optimizer,
    FreezeSettings freeze,
    ScheduleSettings schedule,
    LossSettings loss,
    DistillationSettings distillation,
    AveragingSettings averaging,
    CheckpointSettings checkpoint,
    WatchSettings watch,
    String recompute,
    String initialiseFrom,
    String initialiseHead,
    long seed) {
  private static final int MAX_ROUNDS_OF_LOCAL_MOMENTS = 50;

  /** Validates every section, so that a recipe that exists can be run. */
  public Recipe {
    requireTeachable(Tasks.of(task), distillation);
    Tasks.of(task).requireMeaning(loss);
    NetworkConfig config = model.toConfig();
    requireNetwork(Tasks.of(task), config);
    requireWindows(Tasks.of(task), data.evaluation());
    requireWholePixels(Tasks.of(task), data.evaluation());
    requireObjects(Tasks.of(task), data.trainingTransform());
    data.evaluationTransform();
    requireChannels(config, data);
    data.eventAugmentation();
    optimizer.toConfig();
    optimizer.requireParts(config);
    optimizer.requireWarmUp(schedule);
    freeze.toFrozenParts().blocks(config);
    Recompute.of(recompute);
    if (initialiseFrom != null) {
      UriCredentials.refuse(initialiseFrom);
    }
    InitialHead.of(initialiseHead);
    requireHead(config, distillation);
    averaging
        .frequency()
        .requireFallingRate(schedule.toSchedule(1, data.batchSize() * averaging.workers()));
    int every = checkpoint.everyRounds();
    if (averaging.keepsFiles() && (every < 1 || every > MAX_ROUNDS_OF_LOCAL_MOMENTS)) {
      throw new IllegalArgumentException(
          Text.format(
              "averaging %s: expected checkpoint.every-rounds from 1 to %s, since the"
                  + " %s of a lost executor are computed again from the last checkpoint,"
                  + " found %s",
              kept(averaging),
              MAX_ROUNDS_OF_LOCAL_MOMENTS,
              averaging.delayed() ? "states" : averaging.keepsMoments() ? "moments" : "rests",
              every));
    }
  }

  /** The key for which the workers keep something. */
  private static String kept(AveragingSettings averaging) {
    if (averaging.delayed()) {
      return "delay";
    }
    if (!averaging.keepsMoments()) {
      return "transport " + averaging.transport();
    }
    return averaging.intervals().active() ? "intervals" : "moments local";
  }

  private static void requireNetwork(Task task, NetworkConfig config) {
    task.misfit(config)
        .ifPresent(
            misfit -> {
              throw new IllegalArgumentException(
                  Text.format("model %s for task %s: %s", config.name(), task.id(), misfit));
            });
  }

  private static void requireWindows(Task task, DataSettings.Evaluation evaluation) {
    if (evaluation.window() != 0 && task.truth() != TruthKind.LABEL_MAP) {
      throw new IllegalArgumentException(
          Text.format(
              "data evaluation window: expected 0 for task %s, found %s; set"
                  + " data.evaluation.window=0 and data.evaluation.stride=0",
              task.id(), evaluation.window()));
    }
  }

  private static void requireWholePixels(Task task, DataSettings.Evaluation evaluation) {
    if (task.truth() == TruthKind.LABEL_MAP
        && (evaluation.paddingMultiple() != 0 || evaluation.isLetterbox())) {
      throw new IllegalArgumentException(
          Text.format(
              "data evaluation: expected crop fit and padding-multiple 0 for task %s, found crop %s"
                  + " and %d; set data.evaluation.crop=fit and data.evaluation.padding-multiple=0",
              task.id(), evaluation.crop(), evaluation.paddingMultiple()));
    }
  }

  private static void requireObjects(Task task, TransformConfig training) {
    if (training.mosaic().isPresent() && task.truth() != TruthKind.OBJECTS) {
      throw new IllegalArgumentException(
          Text.format(
              "data training crop: expected mosaic for task %s alone, found it for task %s; set"
                  + " another data.training.crop",
              TruthKind.OBJECTS.task(), task.id()));
    }
  }

  private static void requireTeachable(Task task, DistillationSettings distillation) {
    if (distillation.active() && !task.teachable()) {
      throw new IllegalArgumentException(
          Text.format(
              "distillation teacher: expected none for task %s, found %s; set"
                  + " distillation.teacher=null",
              task.id(), distillation.teacher()));
    }
  }

  private static void requireHead(NetworkConfig config, DistillationSettings distillation) {
    if (distillation.active() && config.head() != ClassifierHead.DISTILLED) {
      throw new IllegalArgumentException(
          Text.format(
              "distillation teacher: expected model.head distilled, found %s; set"
                  + " model.head=distilled",
              config.head().label()));
    }
  }

  private static void requireChannels(NetworkConfig config, DataSettings data) {
    int expected = data.trainingInput(config.timesteps()).channels();
    if (config.channels() != expected) {
      throw new IllegalArgumentException(
          Text.format(
              "model channels: expected %d for data input %s, found %d; set model.channels or"
                  + " data.input",
              expected, data.input(), config.channels()));
    }
  }

  /** The input of the model in training. */
  public InputConfig trainingInput() {
    return data.trainingInput(model.toConfig().timesteps());
  }

  /** The input of the model in validation. */
  public InputConfig evaluationInput() {
    return data.evaluationInput(model.toConfig().timesteps());
  }

  /** The recipe of {@code recipe-defaults.yaml}: the paper's direct training. */
  public static Recipe defaults() {
    return RecipeReader.read("", "defaults", List.of());
  }

  /** Reads back what {@link #toYaml} wrote. */
  public static Recipe fromYaml(String yaml) {
    return RecipeReader.readWritten(yaml, "of the run");
  }

  /** The task that is learnt. */
  public Task toTask() {
    return Tasks.of(task);
  }

  /** The maps that the backward pass computes again. */
  public Recompute recomputation() {
    return Recompute.of(recompute);
  }

  /** The treatment of the neck and head of the model that the training starts from. */
  public InitialHead initialHead() {
    return InitialHead.of(initialiseHead);
  }

  /**
   * Vectors as long as the model's state that all workers have in common when a round begins: the
   * state itself, and the moments that the round before has averaged.
   *
   * @param rounds finished rounds since the training began
   */
  public int averagedVectors(long rounds) {
    if (averaging.momentsPolicy() != MomentsPolicy.AVERAGE) {
      return 1;
    }
    int moments = optimizer.toConfig().name().moments();
    if (!averaging.intervals().active()) {
      return 1 + moments;
    }
    return rounds == 0 ? 1 : 1 + Math.min(moments, averaging.intervals().moments(rounds));
  }

  /** Vectors that are averaged in a round at most. */
  public int mostAveragedVectors() {
    return averaging.momentsPolicy() == MomentsPolicy.AVERAGE
        ? 1 + optimizer.toConfig().name().moments()
        : 1;
  }

  /** Vectors that are averaged in a round, in the mean over many rounds. */
  public double meanVectors() {
    if (!averaging.intervals().active()) {
      return averagedVectors(0);
    }
    IntervalSettings intervals = averaging.intervals();
    double second = optimizer.toConfig().name().moments() > 1 ? 1.0 / intervals.secondMoment() : 0;
    return 1 + 1.0 / intervals.firstMoment() + second;
  }

  /** Samples that all workers together see per optimizer step. */
  public int samplesPerStep() {
    return data.batchSize() * averaging.workers();
  }

  /** The whole recipe as YAML, defaults included; {@link #fromYaml} gives it back. */
  public String toYaml() {
    return RecipeReader.write(this);
  }
}
