package io.spikeformer.jobs.quickstart;

import io.spikeformer.common.Labels;
import io.spikeformer.common.Text;
import io.spikeformer.data.source.DatasetSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The task that a quickstart shows, with the data that it draws. */
public enum Subject {
  /** Images of one shape, and its class. */
  CLASSIFICATION("imagenet", "quickstart", "images") {
    private static final int SIZE = 32;
    private static final int TRAINING_IMAGES_PER_CLASS = 300;
    private static final int TEST_IMAGES_PER_CLASS = 60;

    @Override
    List<String> classes() {
      return Arrays.stream(ShapeImages.Shape.values()).map(ShapeImages.Shape::label).toList();
    }

    @Override
    String chance() {
      return Text.format(" (chance: %.1f %%)", 100.0 / classes().size());
    }

    @Override
    void draw(Path folder) {
      ShapeImages images = new ShapeImages(SIZE);
      images.write(folder, TRAINING, TRAINING_IMAGES_PER_CLASS, TRAINING_SEED);
      images.write(folder, TEST, TEST_IMAGES_PER_CLASS, TEST_SEED);
    }

    @Override
    void requireOwn(Path folder) {
      ShapeImages.requireOwn(folder);
    }
  },
  /** Scenes of several shapes, and the class of every pixel. */
  SEGMENTATION("segmentation", "shapes-segmentation-tiny", "scenes") {
    private static final int SIZE = 64;
    private static final int TRAINING_SCENES = 600;
    private static final int TEST_SCENES = 100;

    @Override
    List<String> classes() {
      return ShapeScenes.classes();
    }

    @Override
    void draw(Path folder) {
      ShapeScenes scenes = new ShapeScenes(SIZE);
      scenes.write(folder, TRAINING, TRAINING_SCENES, TRAINING_SEED);
      scenes.write(folder, TEST, TEST_SCENES, TEST_SEED);
    }

    @Override
    void requireOwn(Path folder) {
      ShapeScenes.requireOwn(folder);
    }
  },
  /** Scenes of several shapes, and the box and mask of each. */
  DETECTION("coco", "shapes-detection-tiny", "scenes") {
    private static final int SIZE = 96;
    private static final int TRAINING_SCENES = 400;
    private static final int TEST_SCENES = 100;

    @Override
    List<String> classes() {
      return ObjectScenes.classes();
    }

    @Override
    void draw(Path folder) {
      ObjectScenes scenes = new ObjectScenes(SIZE);
      scenes.write(folder, TRAINING, TRAINING_SCENES, TRAINING_SEED);
      scenes.write(folder, TEST, TEST_SCENES, TEST_SEED);
    }

    @Override
    DatasetSpec split(String folder, String name) {
      Path drawn = Path.of(folder);
      return super.split(ObjectScenes.images(drawn, name).toString(), name)
          .with("annotations", ObjectScenes.annotations(drawn, name).toString());
    }

    @Override
    void requireOwn(Path folder) {
      ObjectScenes.requireOwn(folder);
    }
  };

  /** The split that is learnt. */
  static final String TRAINING = "train";

  /** The split that is evaluated. */
  static final String TEST = "test";

  private static final long TRAINING_SEED = 1;
  private static final long TEST_SEED = 2;

  private final String dataset;
  private final String recipes;
  private final String noun;

  Subject(String dataset, String recipes, String noun) {
    this.dataset = dataset;
    this.recipes = recipes;
    this.noun = noun;
  }

  /** Names of the classes by label. */
  abstract List<String> classes();

  /** Names what a guess would reach, in brackets behind the number of classes; or empty. */
  String chance() {
    return "";
  }

  /** Draws both splits, the same pictures every time. */
  abstract void draw(Path folder);

  /**
   * Refuses a folder that holds other files than {@link #draw} writes.
   *
   * @throws io.spikeformer.common.UserException in one line that names the first of them
   */
  abstract void requireOwn(Path folder);

  /** A split of what was drawn. */
  DatasetSpec split(String folder, String name) {
    return DatasetSpec.of(dataset, folder, name);
  }

  /** The file of conf/recipes for a number of timesteps. */
  String recipe(int timesteps) {
    return recipes + "-t" + timesteps + ".yaml";
  }

  /** The word for what is drawn, in the plural. */
  String noun() {
    return noun;
  }

  /** The name on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The subject of a task's name.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static Subject of(String task) {
    return Labels.find("task", values(), Subject::label, task);
  }
}
