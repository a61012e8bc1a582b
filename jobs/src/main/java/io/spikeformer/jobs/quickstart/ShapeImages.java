package io.spikeformer.jobs.quickstart;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * A small labelled image set drawn by code: shapes of any colour, place, size and angle on a noisy
 * background, as JPEG and PNG files in the folders {@code split/class}.
 *
 * <p>The same seed gives the same pictures.
 */
public final class ShapeImages {
  private static final int NOISE = 10;
  private static final double MAX_ANGLE = Math.PI / 6;
  private static final double MIN_CONTRAST = 0.4;

  private static final String LABELS =
      Arrays.stream(Shape.values()).map(Shape::label).collect(Collectors.joining("|"));

  /** The classes. */
  public enum Shape {
    CROSS,
    DISC,
    GRATING,
    RING,
    SQUARE,
    TRIANGLE;

    /** Folder and class name. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final int size;

  /** Images of size x size pixels. */
  public ShapeImages(int size) {
    this.size = size;
  }

  /**
   * Writes a split: every fourth image as PNG, the others as JPEG.
   *
   * @param folder receives a folder for the split and in it one for each class
   * @param perClass images of each class
   * @return number of images
   */
  public int write(Path folder, String split, int perClass, long seed) {
    Random random = new Random(seed);
    try {
      for (Shape shape : Shape.values()) {
        Path classFolder = Files.createDirectories(folder.resolve(split).resolve(shape.label()));
        for (int i = 0; i < perClass; i++) {
          String format = i % 4 == 3 ? "png" : "jpg";
          Path file = classFolder.resolve(Text.format("%05d.%s", i, format));
          if (!ImageIO.write(draw(shape, random), format, file.toFile())) {
            throw new IllegalStateException(Text.format("no writer for %s", format));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return perClass * Shape.values().length;
  }

  /**
   * Refuses a folder that holds other images.
   *
   * @throws UserException in one line that names the first other file or folder
   */
  static void requireOwn(Path folder) {
    requireOnly(folder, Pattern.compile("[a-z]+(/(" + LABELS + ")(/\\d{5}\\.(jpg|png))?)?"));
  }

  /** Refuses a folder with other names below it than a quickstart draws. */
  static void requireOnly(Path folder, Pattern drawn) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> found = Files.walk(folder)) {
      found
          .map(path -> folder.relativize(path).toString().replace(File.separatorChar, '/'))
          .filter(name -> !name.isEmpty() && !drawn.matcher(name).matches())
          .sorted()
          .findFirst()
          .ifPresent(
              name -> {
                throw new UserException(
                    "--output: expected the images of an earlier quickstart or none, found %s in"
                        + " %s; give another folder",
                    name, folder);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One picture of a shape. */
  BufferedImage draw(Shape shape, Random random) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_3BYTE_BGR);
    Color background = colour(random);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(background);
    graphics.fillRect(0, 0, size, size);
    graphics.setColor(contrasting(background, random));
    graphics.transform(placement(random));
    paint(shape, graphics);
    graphics.dispose();
    addNoise(image, random);
    return image;
  }

  /** Shapes are drawn in the square from -1 to 1. */
  private AffineTransform placement(Random random) {
    double radius = size * uniform(random, 0.32, 0.45);
    double room = size / 2.0 - radius;
    AffineTransform placement = new AffineTransform();
    placement.translate(
        size / 2.0 + uniform(random, -room, room), size / 2.0 + uniform(random, -room, room));
    placement.rotate(uniform(random, -MAX_ANGLE, MAX_ANGLE));
    placement.scale(radius, radius);
    return placement;
  }

  static void paint(Shape shape, Graphics2D graphics) {
    switch (shape) {
      case DISC -> graphics.fill(new Ellipse2D.Double(-1, -1, 2, 2));
      case RING -> {
        graphics.setStroke(new BasicStroke(0.35f));
        graphics.draw(new Ellipse2D.Double(-0.8, -0.8, 1.6, 1.6));
      }
      case SQUARE -> graphics.fill(new Rectangle2D.Double(-0.75, -0.75, 1.5, 1.5));
      case TRIANGLE -> {
        Path2D triangle = new Path2D.Double();
        triangle.moveTo(0, -1);
        triangle.lineTo(0.9, 0.7);
        triangle.lineTo(-0.9, 0.7);
        triangle.closePath();
        graphics.fill(triangle);
      }
      case CROSS -> {
        graphics.fill(new Rectangle2D.Double(-0.2, -1, 0.4, 2));
        graphics.fill(new Rectangle2D.Double(-1, -0.2, 2, 0.4));
      }
      case GRATING -> {
        Area stripes = new Area();
        for (double x = -1; x < 1; x += 0.5) {
          stripes.add(new Area(new Rectangle2D.Double(x, -1, 0.25, 2)));
        }
        graphics.fill(stripes);
      }
    }
  }

  static Color colour(Random random) {
    return Color.getHSBColor(
        random.nextFloat(), (float) uniform(random, 0.1, 0.9), (float) uniform(random, 0.1, 0.9));
  }

  /** A colour of another brightness, so that the shape can be seen. */
  static Color contrasting(Color background, Random random) {
    Color colour = colour(random);
    while (Math.abs(luminance(colour) - luminance(background)) < MIN_CONTRAST) {
      colour = colour(random);
    }
    return colour;
  }

  private static double luminance(Color colour) {
    return (0.299 * colour.getRed() + 0.587 * colour.getGreen() + 0.114 * colour.getBlue()) / 255;
  }

  static void addNoise(BufferedImage image, Random random) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int noisy = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
          int value = ((rgb >> shift) & 0xff) + (int) Math.round(NOISE * random.nextGaussian());
          noisy |= Math.max(0, Math.min(255, value)) << shift;
        }
        image.setRGB(x, y, noisy);
      }
    }
  }

  static double uniform(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }
}
