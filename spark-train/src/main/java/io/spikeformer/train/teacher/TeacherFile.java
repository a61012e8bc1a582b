package io.spikeformer.train.teacher;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.DataSettings;
import io.spikeformer.train.recipe.Recipe;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A teacher as it lies in a file: a checkpoint of this project, or an ONNX file. */
public sealed interface TeacherFile permits CheckpointTeacher, OnnxFile {
  /**
   * Reads a teacher.
   *
   * @param place a checkpoint, the output folder of a training, or a file whose name ends with
   *     {@code .onnx}
   * @param warnings receives one line for each damaged checkpoint that is passed over
   * @throws UserException in one line if there is none
   */
  static TeacherFile load(String place, Configuration hadoop, Consumer<String> warnings) {
    return read(
        isOnnx(place) ? Storage.path(place) : OutputFolder.find(place, hadoop, warnings).file(),
        hadoop);
  }

  /**
   * Reads a teacher's file.
   *
   * @throws UserException in one line if it is damaged or none
   */
  static TeacherFile read(Path file, Configuration hadoop) {
    return isOnnx(file.getName())
        ? OnnxFile.read(file, hadoop)
        : CheckpointTeacher.read(file, hadoop);
  }

  private static boolean isOnnx(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(OnnxFile.EXTENSION);
  }

  /**
   * Reads the teacher that answers during a recipe's training.
   *
   * @throws UserException in one line if it cannot answer for the recipe's images
   */
  static TeacherFile load(Recipe recipe, Configuration hadoop, Consumer<String> warnings) {
    TeacherFile teacher = load(recipe.distillation().teacher(), hadoop, warnings);
    teacher.requireAnswers(
        recipe.model().toConfig().classes(), recipe.trainingInput(), "the recipe");
    if (!teacher.recipe().isEmpty() && !(recipe.trainingInput() instanceof EventConfig)) {
      DataSettings data = Recipe.fromYaml(teacher.recipe()).data();
      teacher.require("data.mean", recipe.data().mean(), data.mean(), "the recipe");
      teacher.require("data.std", recipe.data().std(), data.std(), "the recipe");
    }
    return teacher;
  }

  /** The file. */
  Path file();

  /** SHA-256 of its bytes as they were read, in lower-case hexadecimal. */
  String sha256();

  /** The file and its content, for replicas and checkpoints. */
  default TeacherIdentity identity() {
    return new TeacherIdentity(file().toString(), sha256());
  }

  /** The recipe that it was trained with, as YAML; empty if that is unknown. */
  String recipe();

  /** Names of its classes, in the order of its logits; empty if unknown. */
  List<String> classes();

  /** T; 1 for a model without time. */
  int timesteps();

  /** The same model at another T. */
  TeacherFile withTimesteps(int timesteps);

  /** Its description in a few words. */
  String describe();

  /** The settings that decide its logits besides file and images, by name. */
  SortedMap<String, String> settings(String kernels);

  /** Its need of memory. */
  TeacherNeed need();

  /**
   * Checks that it can answer.
   *
   * @param classes logits that are wanted
   * @param input what it would see
   * @param where those are from, for the message
   * @throws UserException in one line that says what does not fit
   */
  void requireAnswers(int classes, InputConfig input, String where);

  /**
   * Checks that its logits stand for the classes of data, in their order.
   *
   * @param data what the data are called in messages
   * @param names of the data's classes, in the order of their labels
   * @param warnings receives one line if the teacher does not name its classes
   * @throws UserException in one line with the first difference
   */
  default void requireClasses(String data, List<String> names, Consumer<String> warnings) {
    ModelClasses own = new ModelClasses("teacher " + file(), classes());
    own.warning(data).ifPresent(warnings);
    own.difference(data, names)
        .ifPresent(
            difference -> {
              throw new UserException(
                  "%s; name a teacher of these classes, or data of the teacher's", difference);
            });
  }

  /** The teacher at work, on that many threads. */
  Teacher open(String kernels, int threads);

  /** Refuses what is not as expected. */
  default void require(String what, Object expected, Object found, String where) {
    if (!expected.equals(found)) {
      throw new UserException(
          "teacher %s: expected %s %s as in %s, found %s; name another teacher",
          file(), what, expected, where, found);
    }
  }
}
