package io.spikeformer.train.spark;

import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.OutputLock;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.teacher.TeacherFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The inputs of a training, found and checked without Spark and without writing anything.
 *
 * @param shards training split
 * @param validation validation split, or null
 * @param plan how an epoch falls into rounds
 * @param teacher the one that answers in the steps, or null
 * @param data identity of the training split and the teacher
 * @param files checkpoints in the output folder, oldest first
 * @param reached where the training is continued; empty if it begins
 */
record TrainingInputs(
    ShardSet shards,
    ShardSet validation,
    EpochPlan plan,
    TeacherFile teacher,
    DataIdentity data,
    List<Path> files,
    Optional<StartingPoint> reached) {

  /**
   * Looks at data, teacher and output folder.
   *
   * @param warnings receives one line for each damaged checkpoint that is passed over
   * @throws RuntimeException in one line if they and the recipe do not fit together, or another run
   *     holds the output folder
   */
  static TrainingInputs of(
      Recipe recipe,
      TrainingPlaces places,
      TrainingOptions options,
      Configuration hadoop,
      Consumer<String> warnings) {
    OutputFolder output = new OutputFolder(places.output(), hadoop);
    requirePlaces(places, options, hadoop, warnings);
    ShardSet shards = ShardSet.open(places.train(), hadoop);
    TrainingChecks.requireData(recipe, shards);
    EpochPlan plan = new EpochPlan(recipe, shards.manifest().rows());
    TrainingChecks.requireBatches(recipe, plan);
    ShardSet validation = validation(recipe, shards, places, hadoop);
    TeacherFile teacher = TrainingChecks.teacher(recipe, shards, hadoop, warnings);
    DataIdentity data =
        DataIdentity.of(shards.manifest(), teacher == null ? null : teacher.identity());
    CheckpointStore store = output.checkpoints(recipe.checkpoint().keep());
    // before a checkpoint is read: what comes later is not what the training continues from
    List<Path> files = store.files();
    Optional<StartingPoint> reached = Optional.empty();
    if (options.start() == TrainingOptions.Start.RESUME) {
      List<String> classes = recipe.toTask().names(shards.manifest().classes());
      reached =
          store.newest(warnings).map(found -> StartingPoint.resumed(found, recipe, data, classes));
    } else {
      TrainingChecks.requireFresh(store, output.path());
    }
    return new TrainingInputs(shards, validation, plan, teacher, data, files, reached);
  }

  /**
   * Looks at the places of data and output alone.
   *
   * @throws RuntimeException in one line if one of them cannot be used
   */
  static void requirePlaces(
      TrainingPlaces places,
      TrainingOptions options,
      Configuration hadoop,
      Consumer<String> warnings) {
    OutputFolder output = new OutputFolder(places.output(), hadoop);
    output.requireOwn(
        new OutputPlaces(new Storage(hadoop))
            .readsAllOf("--train", places.train())
            .readsAllOf("--validation", places.validation()));
    lock(output, options, warnings).requireFree();
    if (options.start() == TrainingOptions.Start.FRESH) {
      TrainingChecks.requireFresh(output.checkpoints(1), output.path());
    }
  }

  /** The lock of an output folder, which a training that goes on may take over. */
  static OutputLock lock(OutputFolder output, TrainingOptions options, Consumer<String> warnings) {
    return output.lock(
        options.start() == TrainingOptions.Start.RESUME
            ? OutputLock.Stale.TAKE_OVER
            : OutputLock.Stale.REFUSE,
        warnings);
  }

  private static ShardSet validation(
      Recipe recipe, ShardSet training, TrainingPlaces places, Configuration hadoop) {
    if (places.validation() == null) {
      return null;
    }
    ShardSet shards = ShardSet.open(places.validation(), hadoop);
    recipe.evaluationInput().requireFits(shards, recipe.toTask().truth());
    training.manifest().requireSameClasses(shards.manifest());
    return shards;
  }
}
