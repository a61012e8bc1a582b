package io.spikeformer.jobs.quickstart;

import io.spikeformer.common.Text;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.jobs.quickstart.ShapeImages.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
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
  /** The shapes of the scenes: filled ones, whose outlines are long enough to tell them apart. */
  private static final List<Shape> SHAPES = List.of(Shape.DISC, Shape.SQUARE, Shape.TRIANGLE);

  private static final String BACKGROUND = "background";
  private static final int MOST_SHAPES = 3;
  private static final double SMALLEST = 0.2;
  private static final double LARGEST = 0.35;
  private static final double MAX_ANGLE = Math.PI / 6;
  private static final double DULL = 0.4;

  /** Half the range of a shape's hues: ranges of neighbours do not meet. */
  private static final double HUES = 0.1;

  private final int size;

  /** Scenes of size x size pixels. */
  public ShapeScenes(int size) {
    this.size = size;
  }

  /** Names of the classes by label; 0 is the background. */
  public static List<String> classes() {
    return Stream.concat(Stream.of(BACKGROUND), SHAPES.stream().map(Shape::label)).toList();
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
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_3BYTE_BGR);
    BufferedImage labels = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D pixels = image.createGraphics();
    Graphics2D classes = labels.createGraphics();
    pixels.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    Color background = background(random);
    pixels.setColor(background);
    pixels.fillRect(0, 0, size, size);
    int shapes = 1 + random.nextInt(MOST_SHAPES);
    for (int i = 0; i < shapes; i++) {
      int shape = random.nextInt(SHAPES.size());
      AffineTransform placement = placement(random);
      pixels.setTransform(placement);
      pixels.setColor(colour(shape, random));
      ShapeImages.paint(SHAPES.get(shape), pixels);
      classes.setTransform(placement);
      classes.setColor(new Color(shape + 1));
      ShapeImages.paint(SHAPES.get(shape), classes);
    }
    pixels.dispose();
    classes.dispose();
    ShapeImages.addNoise(image, random);
    return new Scene(image, new LabelMap(size, size, labels(labels)));
  }

  /** Dull, of any hue. */
  private static Color background(Random random) {
    return Color.getHSBColor(
        random.nextFloat(),
        (float) ShapeImages.uniform(random, 0, DULL),
        (float) ShapeImages.uniform(random, 0.1, 0.9));
  }

  /** As things in scenes have them, colours scatter around one that is usual for the shape. */
  private static Color colour(int shape, Random random) {
    double hue = (double) shape / SHAPES.size();
    return Color.getHSBColor(
        (float) (hue + ShapeImages.uniform(random, -HUES, HUES)),
        (float) ShapeImages.uniform(random, DULL, 0.9),
        (float) ShapeImages.uniform(random, 0.4, 0.9));
  }

  /** Shapes are drawn in the square from -1 to 1. */
  private AffineTransform placement(Random random) {
    double radius = size * ShapeImages.uniform(random, SMALLEST, LARGEST);
    AffineTransform placement = new AffineTransform();
    placement.translate(
        ShapeImages.uniform(random, radius, size - radius),
        ShapeImages.uniform(random, radius, size - radius));
    placement.rotate(ShapeImages.uniform(random, -MAX_ANGLE, MAX_ANGLE));
    placement.scale(radius, radius);
    return placement;
  }

  /** A colour's blue is a label. */
  private static byte[] labels(BufferedImage drawn) {
    int[] colours =
        drawn.getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth());
    byte[] labels = new byte[colours.length];
    for (int i = 0; i < colours.length; i++) {
      labels[i] = (byte) colours[i];
    }
    return labels;
  }
}
