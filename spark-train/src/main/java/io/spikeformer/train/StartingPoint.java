package io.spikeformer.train;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.ClassNames;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.EpochMetrics;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import io.spikeformer.train.teacher.TeacherIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * Where a training begins or continues.
 *
 * @param state parameters, statistics, moments and step
 * @param modelLength values of parameters and statistics together
 * @param position epoch and round
 * @param history metrics of the finished epochs
 * @param file the checkpoint it comes from, or empty at the beginning
 * @param workerMoments checksums of the workers' own moments beside that checkpoint; empty if they
 *     have none or begin at zero
 * @param arithmetic the arithmetic of that checkpoint; null if it does not say, and at the
 *     beginning
 */
public record StartingPoint(
    TrainingState state,
    int modelLength,
    TrainingPosition position,
    List<EpochMetrics> history,
    String file,
    List<Long> workerMoments,
    Arithmetic arithmetic) {
  private static final String TRAINING_DATA = "the training data";

  /**
   * The beginning: random parameters, or those of {@code initialise-from}; moments zero, step 0.
   *
   * @param classes names of the classes that are trained, in the order of their labels
   * @param progress told which tensors were taken
   * @throws UserException if the model to start from has another architecture, or a head for other
   *     classes that would be taken
   */
  public static StartingPoint fresh(
      Recipe recipe, List<String> classes, Configuration hadoop, Progress progress) {
    TrainingState state;
    int length;
    try (LocalTrainer trainer =
        new LocalTrainer(
            recipe, Schedule.cosine(1, 0, 0, 1), KernelProvider.create("reference", 1))) {
      length = Math.toIntExact(trainer.layout().length());
      float[] values = Arrays.copyOf(trainer.state().values(), recipe.averagedVectors(0) * length);
      state =
          new TrainingState(
              0,
              values,
              new float[outerLength(recipe, length)],
              new float[restLength(recipe, length)]);
    }
    Checkpoint source = source(recipe, classes, hadoop, progress::warning);
    if (source != null) {
      NetworkConfig wanted = recipe.model().toConfig();
      progress.note(
          ParameterTransfer.apply(
                  source.config(), source.state(), wanted, state.values(), recipe.initialHead())
              .describe(recipe.initialiseFrom()));
    }
    return new StartingPoint(state, length, TrainingPosition.START, List.of(), "", List.of(), null);
  }

  /**
   * The model of {@code initialise-from}, or null.
   *
   * @param classes names of the classes that are trained, in the order of their labels
   * @param warnings receives one line for each damaged checkpoint that is passed over, and one if
   *     the model does not name the classes of a head that is taken
   * @throws UserException if there is no whole model, it has another architecture, or a head for
   *     other classes that would be taken
   */
  public static Checkpoint source(
      Recipe recipe, List<String> classes, Configuration hadoop, Consumer<String> warnings) {
    if (recipe.initialiseFrom() == null) {
      return null;
    }
    Checkpoint source = OutputFolder.load(recipe.initialiseFrom(), hadoop, warnings);
    NetworkConfig wanted = recipe.model().toConfig();
    requireSameArchitecture(source.config(), wanted, recipe.initialiseFrom());
    if (source.config().classes() == wanted.classes()
        && ParameterTransfer.takesHead(source.config(), wanted, recipe.initialHead())) {
      requireSameClasses(source, recipe.initialiseFrom(), classes, warnings);
    }
    return source;
  }

  private static void requireSameClasses(
      Checkpoint source, String place, List<String> classes, Consumer<String> warnings) {
    ModelClasses trained = new ModelClasses("initialise-from " + place, source.classes());
    trained.warning(TRAINING_DATA).ifPresent(warnings);
    trained
        .difference(TRAINING_DATA, classes)
        .ifPresent(
            difference -> {
              throw new UserException(
                  "%s; set initialise-head=new to begin with an untrained head, or train on data"
                      + " with the classes of that model",
                  difference);
            });
  }

  private static int restLength(Recipe recipe, int length) {
    return recipe.averaging().form().isQuantised() ? length : 0;
  }

  private static int outerLength(Recipe recipe, int length) {
    return recipe.averaging().outer().active() ? length : 0;
  }

  private static void requireSameArchitecture(
      NetworkConfig source, NetworkConfig wanted, String place) {
    if (!ParameterTransfer.possible(source, wanted)) {
      NetworkConfig comparable = source.inCircumstancesOf(wanted);
      throw new UserException(
          "initialise-from %s: expected the recipe's architecture, found another: %s",
          place, String.join("; ", RecipeReader.differences(comparable.toJson(), wanted.toJson())));
    }
    IntegerFiring trained = source.neuron().integers();
    IntegerFiring now = wanted.neuron().integers();
    if (trained != null && now != null && trained.normalise() != now.normalise()) {
      throw new UserException(
          "initialise-from %s: expected a model trained with model.neuron.normalise %s, found one"
              + " trained with %s, whose weights are for integers of another unit; set"
              + " model.neuron.normalise=%s",
          place, now.normalise(), trained.normalise(), trained.normalise());
    }
  }

  /**
   * Continues from a checkpoint of the same training.
   *
   * @param stored a whole checkpoint
   * @param data the identity of this run's data
   * @param classes names of the classes that are trained, in the order of their labels; checkpoints
   *     from before these were noted are continued with any
   * @throws UserException in one line that says what differs
   */
  public static StartingPoint resumed(
      CheckpointStore.Stored stored, Recipe recipe, DataIdentity data, List<String> classes) {
    Checkpoint checkpoint = stored.checkpoint();
    // read and written again, so that it has the keys that are newer than the checkpoint
    String earlier = RecipeReader.readEarlier(checkpoint.recipe()).toYaml();
    List<String> differences = RecipeReader.differences(earlier, recipe.toYaml());
    DataIdentity before = DataIdentity.parse(checkpoint.data());
    if (before.hasTeacherOf(data)) {
      // a teacher is its content, whatever its place is called now
      differences.removeIf(difference -> difference.startsWith("distillation.teacher: "));
    }
    if (!differences.isEmpty()) {
      throw different(stored, "recipe", String.join("; ", differences));
    }
    if (!before.samples().equals(data.samples())) {
      throw different(stored, "training data", before.samples() + ", now " + data.samples());
    }
    if (!checkpoint.classes().isEmpty()) {
      ClassNames.difference(checkpoint.classes(), classes)
          .ifPresent(
              difference -> {
                throw different(stored, "list of classes", difference);
              });
    }
    if (before.hasAnotherTeacherThan(data)) {
      throw anotherTeacher(stored, before.teacher(), data.teacher());
    }
    int length = checkpoint.state().length;
    int moments = checkpoint.moments().size();
    if (!possible(moments, recipe)) {
      throw different(stored, "number of moments", "" + moments);
    }
    int kept = recipe.averaging().keepsFiles() ? recipe.averaging().workers() : 0;
    if (checkpoint.workerMoments().size() != kept) {
      throw different(
          stored,
          "number of workers with files of their own",
          "" + checkpoint.workerMoments().size());
    }
    if (checkpoint.outer().length != outerLength(recipe, length)) {
      throw different(stored, "outer momentum", checkpoint.outer().length + " values");
    }
    if (checkpoint.rest().length != restLength(recipe, length)) {
      throw different(stored, "rest of the averaged steps", checkpoint.rest().length + " values");
    }
    float[] values = Arrays.copyOf(checkpoint.state(), length * (1 + moments));
    for (int i = 0; i < moments; i++) {
      System.arraycopy(checkpoint.moments().get(i), 0, values, (1 + i) * length, length);
    }
    return new StartingPoint(
        new TrainingState(
            checkpoint.position().step(), values, checkpoint.outer(), checkpoint.rest()),
        length,
        checkpoint.position(),
        checkpoint.history().stream().map(EpochMetrics::fromJson).toList(),
        stored.file().toString(),
        checkpoint.workerMoments(),
        checkpoint.arithmetic());
  }

  /** Whether so many moments may be averaged: with intervals some rounds average fewer. */
  private static boolean possible(int moments, Recipe recipe) {
    return recipe.averaging().intervals().active()
        ? moments <= recipe.optimizer().toConfig().name().moments()
        : moments == recipe.averagedVectors(0) - 1;
  }

  private static UserException different(
      CheckpointStore.Stored stored, String what, String difference) {
    return new UserException(
        "resume: the %s of checkpoint %s differs: %s; train into another folder or restore it",
        what, stored.file(), difference);
  }

  private static UserException anotherTeacher(
      CheckpointStore.Stored stored, TeacherIdentity expected, TeacherIdentity found) {
    return new UserException(
        "resume: the teacher of checkpoint %s differs: expected %s, found %s; restore that file,"
            + " name a copy of it with --set distillation.teacher=URI, or train into another"
            + " folder",
        stored.file(), expected, found);
  }
}
