package io.spikeformer.train.output;

import io.spikeformer.common.UserException;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.EpochTotals;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.train.recipe.Recipe;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The files that a training leaves behind: {@code checkpoints/}, {@code metrics.jsonl}, {@code
 * recipe.yaml} and, when it is finished, {@code model.spkf}; {@code _lock.json} while it runs.
 */
public final class OutputFolder {
  private static final String MODEL = "model" + CheckpointFormat.EXTENSION;
  private static final String METRICS = "metrics.jsonl";
  private static final String RECIPE = "recipe.yaml";
  private static final String CHECKPOINTS = "checkpoints";
  private static final Pattern FOREIGN_WEIGHTS =
      Pattern.compile("[^._].*\\.(pth|pt|bin|ckpt|safetensors)");
  private static final int MAX_RECIPE_BYTES = 1 << 20;

  private final Storage storage;
  private final Path folder;

  /** The folder at a path or URI; it need not exist. */
  public OutputFolder(String location, Configuration configuration) {
    this.storage = new Storage(configuration);
    this.folder = Storage.path(location);
  }

  public Path path() {
    return folder;
  }

  /**
   * Refuses a folder that a training would not have to itself.
   *
   * @param outputs knows what the training reads
   * @throws UserException in one line that says what is there
   */
  public void requireOwn(OutputPlaces outputs) {
    outputs.folder("--output", folder.toString(), PlaceContent.TRAINING, Existing.CONTINUE);
    Path model = new Path(folder, MODEL);
    if (!checkpoints(1).files().isEmpty()) {
      return;
    }
    if (storage.exists(model)) {
      throw new UserException(
          "--output: expected a folder without a model, found %s and no checkpoints; give another"
              + " folder",
          model);
    }
    Path recipe = new Path(folder, RECIPE);
    boolean begun = storage.exists(new Path(folder, OutputLock.FILE)) || isWritten(recipe);
    if (!begun && storage.list(folder).stream().anyMatch(OutputFolder::isFinished)) {
      throw new UserException(
          "--output: expected a new folder or that of a training, found other files in %s; give"
              + " another folder",
          folder);
    }
  }

  private static boolean isFinished(FileStatus entry) {
    return !Storage.isUnfinished(entry.getPath().getName());
  }

  /** Whether a recipe is one that a training has written: one of a user lacks the defaults. */
  private boolean isWritten(Path recipe) {
    if (!storage.exists(recipe)) {
      return false;
    }
    String text = storage.readText(recipe, MAX_RECIPE_BYTES);
    try {
      return Recipe.fromYaml(text).toYaml().equals(text);
    } catch (UserException another) {
      return false;
    }
  }

  /**
   * Refuses a recipe that a new training would replace by its own.
   *
   * @param given path or URI of the recipe that it is to follow
   * @throws UserException in one line if that is the folder's {@code recipe.yaml}
   */
  public void requireOtherRecipe(String given) {
    new OutputPlaces(storage)
        .reads("--recipe", given)
        .file(
            "--output", new Path(folder, RECIPE).toString(), PlaceContent.TEXT, Existing.CONTINUE);
  }

  /** Its checkpoints. */
  public CheckpointStore checkpoints(int keep) {
    return new CheckpointStore(storage, new Path(folder, CHECKPOINTS), keep);
  }

  /**
   * Its lock, not yet taken.
   *
   * @param stale what to do with the lock of a run that was killed
   * @param warnings receives what the user should know
   */
  public OutputLock lock(OutputLock.Stale stale, Consumer<String> warnings) {
    return new OutputLock(storage, folder, stale, warnings);
  }

  /** Replaces the metrics by these lines. */
  public void writeMetrics(List<String> lines) {
    writeText(METRICS, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
  }

  /** Writes the recipe with all its defaults. */
  public void writeRecipe(Recipe recipe) {
    writeText(RECIPE, recipe.toYaml());
  }

  private void writeText(String name, String text) {
    storage.writeText(new Path(folder, name), text);
  }

  /** Writes the finished model, without what only training needs and without what is time. */
  public Path writeModel(Checkpoint checkpoint) {
    Path file = new Path(folder, MODEL);
    List<String> history = checkpoint.history().stream().map(EpochMetrics::withoutTime).toList();
    TrainingPosition at = checkpoint.position();
    TrainingPosition end =
        new TrainingPosition(at.epoch(), at.round(), at.step(), EpochTotals.EMPTY);
    Checkpoint model = checkpoint.withoutMoments().withPast(end, history);
    storage.write(file, out -> CheckpointFormat.write(model, out));
    return file;
  }

  /**
   * Loads a model to evaluate, infer or start from.
   *
   * @param location a checkpoint file, or a training's output folder: its {@code model.spkf}, or
   *     its newest whole checkpoint while the training is not finished
   * @param warnings receives one line for each damaged checkpoint that is passed over
   * @throws UserException in one line if there is no whole model
   */
  public static Checkpoint load(
      String location, Configuration configuration, Consumer<String> warnings) {
    return find(location, configuration, warnings).checkpoint();
  }

  /** As {@link #load}, with the file that it was found in. */
  public static CheckpointStore.Stored find(
      String location, Configuration configuration, Consumer<String> warnings) {
    Storage storage = new Storage(configuration);
    Path path = Storage.path(location);
    FileStatus status =
        storage
            .status(path)
            .orElseThrow(
                () ->
                    new UserException(
                        "model %s: expected a checkpoint or a training's output folder, found"
                            + " nothing",
                        path));
    if (status.isFile()) {
      return new CheckpointStore.Stored(path, CheckpointStore.read(storage, path));
    }
    Path model = new Path(path, MODEL);
    if (storage.exists(model)) {
      return new CheckpointStore.Stored(model, CheckpointStore.read(storage, model));
    }
    return new CheckpointStore(storage, new Path(path, CHECKPOINTS), 1)
        .newest(warnings)
        .orElseGet(
            () -> {
              requireNoForeignWeights(storage, path);
              throw new UserException(
                  "model %s: expected model.spkf or checkpoints/ in it, found neither", path);
            });
  }

  /** A folder of another program's weights is answered with what to do with these. */
  private static void requireNoForeignWeights(Storage storage, Path folder) {
    storage.list(folder).stream()
        .map(FileStatus::getPath)
        .filter(file -> FOREIGN_WEIGHTS.matcher(file.getName()).matches())
        .findFirst()
        .ifPresent(file -> CheckpointStore.read(storage, file));
  }
}
