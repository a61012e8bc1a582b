package io.spikeformer.train.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.cost.NormalisedValues;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.output.CheckpointStore;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.teacher.TeacherFile;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** The checks before a training begins. */
final class TrainingChecks {
  private TrainingChecks() {}

  /** Refuses data that the recipe cannot train on. */
  static void requireData(Recipe recipe, ShardSet shards) {
    recipe.trainingInput().requireFits(shards, recipe.toTask().truth());
    recipe.data().requireAugmentationOf(shards.manifest().kind().content());
    int found = recipe.model().toConfig().classes();
    int expected = recipe.toTask().outputs(shards.manifest().classes());
    if (found != expected) {
      throw new UserException(
          "model classes: expected %s as in the training data %s, found %s; set model.classes=%s",
          expected, shards.location(), found, expected);
    }
    if (recipe.distillation().fromColumn()) {
      requireColumn(recipe, shards);
    }
  }

  /** Refuses minibatches that would give a batch normalisation one value a channel. */
  static void requireBatches(Recipe recipe, EpochPlan plan) {
    if (recipe.freeze().toFrozenParts().normalisation() == FrozenParts.Normalisation.STATISTICS) {
      return;
    }
    InputConfig input = recipe.trainingInput();
    int size = recipe.data().batchSize();
    int smallest = plan.smallestBatch();
    String remedy =
        smallest < size
            ? "an epoch's last minibatch is that small: set data.drop-last=true, or another"
                + " data.batch-size than "
                + size
            : "set data.batch-size=2 or more, or larger images with data.training.size";
    NormalisedValues.single(recipe.model().toConfig(), smallest, input.height(), input.width())
        .ifPresent(
            fault -> {
              throw new UserException("%s; %s", fault, remedy);
            });
  }

  /** The teacher that answers during training, or null; refuses one that cannot answer. */
  static TeacherFile teacher(
      Recipe recipe, ShardSet shards, Configuration hadoop, Consumer<String> warnings) {
    if (!recipe.distillation().onTheFly()) {
      return null;
    }
    TeacherFile teacher = TeacherFile.load(recipe, hadoop, warnings);
    teacher.requireClasses(
        "the training data " + shards.location(), shards.manifest().classes(), warnings);
    return teacher;
  }

  private static void requireColumn(Recipe recipe, ShardSet shards) {
    ShardManifest.Teacher teacher = shards.manifest().source().teacher();
    int classes = recipe.model().toConfig().classes();
    if (teacher == null || teacher.classes() != classes) {
      throw new UserException(
          "distillation teacher column: expected shards with a teacher's logits of %d classes,"
              + " found %s in %s; run teach --model URI --data %s --output URI with such a"
              + " teacher and train on its output",
          classes,
          teacher == null ? "none" : "logits of " + teacher.classes() + " classes",
          shards.location(),
          shards.location());
    }
  }

  /** Refuses an output folder that a fresh training would mix up with another one. */
  static void requireFresh(CheckpointStore store, Object folder) {
    if (!store.files().isEmpty()) {
      throw new UserException(
          "output %s: expected a folder without checkpoints, found %s; use --resume to continue"
              + " that training, or another folder",
          folder, store.files().size());
    }
  }
}
