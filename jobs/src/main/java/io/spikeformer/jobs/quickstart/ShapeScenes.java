package io.spikeformer.jobs.quickstart;

import io.spikeformer.common.Text;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.jobs.quickstart.ShapeImages.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Scenes of several shapes on a noisy background, drawn by code, with a class for every pixel: the
 * layout that {@code prepare segmentation} reads. Later shapes cover earlier ones.
 *
 * <p>The same seed gives the same scenes.
 */
public final class ShapeScenes {
  private static final String BACKGROUND = "background";
  private static final int MOST_SHAPES = 3;
  private static final double SMALLEST = 0.2;
  private static final double LARGEST = 0.35;

  private final int size;

  /** Scenes of size x size pixels. */
  public ShapeScenes(int size) {
    this.size = size;
  }

  /** Names of the classes by label; 0 is the background. */
  public static List<String> classes() {
    return Stream.concat(Stream.of(BACKGROUND), ScenePainter.SHAPES.stream().map(Shape::label))
        .toList();
  }

  /**
   * Refuses a folder that holds other files.
   *
   * @throws UserException in one line that names the first other file or folder
   */
  static void requireOwn(Path folder) {
    ShapeImages.requireOnly(
        folder, Pattern.compile("classes\\.txt|(images|annotations)(/[a-z]+(/\\d{5}\\.png)?)?"));
  }

  /**
   * Writes a split.
   *
   * @param folder receives images, annotations and classes.txt
   * @param scenes number of scenes
   */
  public void write(Path folder, String split, int scenes, long seed) {
    Random random = new Random(seed);
    try {
      Path images = Files.createDirectories(folder.resolve("images").resolve(split));
      Path labels = Files.createDirectories(folder.resolve("annotations").resolve(split));
      Files.write(folder.resolve("classes.txt"), classes());
      for (int i = 0; i < scenes; i++) {
        Scene scene = draw(random);
        String name = Text.format("%05d.png", i);
        ImageIO.write(scene.image(), "png", images.resolve(name).toFile());
        Files.write(labels.resolve(name), scene.labels().encode());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A scene.
   *
   * @param image its pixels
   * @param labels class of each pixel
   */
  record Scene(BufferedImage image, LabelMap labels) {}

  /** One scene of one to three shapes. */
  Scene draw(Random random) {
    ScenePainter painter = new ScenePainter(size, random);
    int shapes = 1 + random.nextInt(MOST_SHAPES);
    for (int i = 0; i < shapes; i++) {
      int shape = random.nextInt(ScenePainter.SHAPES.size());
      painter.paint(shape, painter.place(SMALLEST, LARGEST), shape + 1);
    }
    return new Scene(painter.finish(), new LabelMap(size, size, painter.marks()));
  }
}
