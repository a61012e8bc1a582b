package io.spikeformer.jobs.quickstart;

import io.spikeformer.jobs.quickstart.ShapeImages.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;

/**
 * Draws shapes on a dull background, and keeps for every pixel the mark of the shape that lies on
 * top. Not thread-safe.
 */
final class ScenePainter {
  /** The shapes of scenes: filled ones, whose outlines are long enough to tell them apart. */
  static final List<Shape> SHAPES = List.of(Shape.DISC, Shape.SQUARE, Shape.TRIANGLE);

  private static final double MAX_ANGLE = Math.PI / 6;
  private static final double DULL = 0.4;

  /** Half the range of a shape's hues: ranges of neighbours do not meet. */
  private static final double HUES = 0.1;

  private final int size;
  private final Random random;
  private final BufferedImage image;
  private final BufferedImage marks;

  /** An empty scene of size x size pixels, whose marks are 0. */
  ScenePainter(int size, Random random) {
    this.size = size;
    this.random = random;
    this.image = new BufferedImage(size, size, BufferedImage.TYPE_3BYTE_BGR);
    this.marks = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D pixels = image.createGraphics();
    pixels.setColor(background());
    pixels.fillRect(0, 0, size, size);
    pixels.dispose();
  }

  /** Dull, of any hue. */
  private Color background() {
    return Color.getHSBColor(
        random.nextFloat(),
        (float) ShapeImages.uniform(random, 0, DULL),
        (float) ShapeImages.uniform(random, 0.1, 0.9));
  }

  /**
   * Where a shape comes to lie: wholly inside the scene. Shapes are drawn in the square from -1 to
   * 1.
   *
   * @param smallest radius as a share of the scene's size
   * @param largest the same, at most 0.5
   */
  AffineTransform place(double smallest, double largest) {
    double radius = size * ShapeImages.uniform(random, smallest, largest);
    AffineTransform placement = new AffineTransform();
    placement.translate(
        ShapeImages.uniform(random, radius, size - radius),
        ShapeImages.uniform(random, radius, size - radius));
    placement.rotate(ShapeImages.uniform(random, -MAX_ANGLE, MAX_ANGLE));
    placement.scale(radius, radius);
    return placement;
  }

  /**
   * Paints a shape over those before it.
   *
   * @param shape index in {@link #SHAPES}
   * @param mark of its pixels, 1 to 255
   */
  void paint(int shape, AffineTransform placement, int mark) {
    Graphics2D pixels = image.createGraphics();
    pixels.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    pixels.setTransform(placement);
    pixels.setColor(colour(shape));
    ShapeImages.paint(SHAPES.get(shape), pixels);
    pixels.dispose();
    Graphics2D marked = marks.createGraphics();
    marked.setTransform(placement);
    marked.setColor(new Color(mark));
    ShapeImages.paint(SHAPES.get(shape), marked);
    marked.dispose();
  }

  /** As things in scenes have them, colours scatter around one that is usual for the shape. */
  private Color colour(int shape) {
    double hue = (double) shape / SHAPES.size();
    return Color.getHSBColor(
        (float) (hue + ShapeImages.uniform(random, -HUES, HUES)),
        (float) ShapeImages.uniform(random, DULL, 0.9),
        (float) ShapeImages.uniform(random, 0.4, 0.9));
  }

  /** Adds noise: the picture of the scene. */
  BufferedImage finish() {
    ShapeImages.addNoise(image, random);
    return image;
  }

  /** The mark of each pixel, row by row. */
  byte[] marks() {
    // a mark is the blue of a colour
    int[] colours = marks.getRGB(0, 0, size, size, null, 0, size);
    byte[] bytes = new byte[colours.length];
    for (int i = 0; i < colours.length; i++) {
      bytes[i] = (byte) colours[i];
    }
    return bytes;
  }
}
