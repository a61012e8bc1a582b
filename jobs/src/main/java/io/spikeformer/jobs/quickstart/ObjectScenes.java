package io.spikeformer.jobs.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Text;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.jobs.quickstart.ShapeImages.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * Scenes of several shapes on a noisy background, drawn by code, with a box and a mask for every
 * shape, in the form of COCO: images are named by their ids. Shapes cover no more than the rims of
 * one another.
 *
 * <p>The same seed gives the same scenes.
 */
public final class ObjectScenes {
  private static final int MOST_SHAPES = 4;
  private static final double SMALLEST = 0.1;
  private static final double LARGEST = 0.22;

  /** Least distance of two shapes' centres, as a share of the sum of their radii. */
  private static final double APART = 0.75;

  /** How often a place is sought before a shape is left out. */
  private static final int TRIES = 20;

  private final int size;

  /** Scenes of size x size pixels. */
  public ObjectScenes(int size) {
    this.size = size;
  }

  /** Names of the classes by label. */
  public static List<String> classes() {
    return ScenePainter.SHAPES.stream().map(Shape::label).toList();
  }

  /** The file of a split's annotations. */
  static Path annotations(Path folder, String split) {
    return folder.resolve("annotations").resolve(split + ".json");
  }

  /** The folder of a split's images. */
  static Path images(Path folder, String split) {
    return folder.resolve("images").resolve(split);
  }

  /**
   * Refuses a folder that holds other files.
   *
   * @throws io.spikeformer.common.UserException in one line that names the first other file or
   *     folder
   */
  static void requireOwn(Path folder) {
    ShapeImages.requireOnly(
        folder, Pattern.compile("images(/[a-z]+(/\\d{5}\\.png)?)?|annotations(/[a-z]+\\.json)?"));
  }

  /**
   * Writes a split.
   *
   * @param folder receives images and annotations
   * @param scenes number of scenes
   */
  public void write(Path folder, String split, int scenes, long seed) {
    Random random = new Random(seed);
    Coco coco = new Coco();
    try {
      Path images = Files.createDirectories(images(folder, split));
      for (int id = 1; id <= scenes; id++) {
        Scene scene = draw(random);
        String name = Text.format("%05d.png", id);
        ImageIO.write(scene.image(), "png", images.resolve(name).toFile());
        coco.add(id, name, scene);
      }
      Path file = annotations(folder, split);
      Files.createDirectories(file.getParent());
      Files.writeString(file, new ObjectMapper().writeValueAsString(coco.object));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A scene.
   *
   * @param image its pixels
   * @param objects from back to front
   */
  record Scene(BufferedImage image, List<Placed> objects) {}

  /**
   * A shape of a scene.
   *
   * @param label index of its class
   * @param mask its pixels that are seen
   */
  record Placed(int label, Rle mask) {}

  /** One scene of one to four shapes. */
  Scene draw(Random random) {
    ScenePainter painter = new ScenePainter(size, random);
    List<AffineTransform> places = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    int shapes = 1 + random.nextInt(MOST_SHAPES);
    for (int i = 0; i < shapes * TRIES && places.size() < shapes; i++) {
      AffineTransform place = painter.place(SMALLEST, LARGEST);
      if (places.stream().allMatch(other -> isApart(place, other))) {
        places.add(place);
        labels.add(random.nextInt(ScenePainter.SHAPES.size()));
        painter.paint(labels.get(labels.size() - 1), place, places.size());
      }
    }
    byte[] marks = painter.marks();
    List<Placed> objects = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      objects.add(new Placed(labels.get(i), mask(marks, i + 1)));
    }
    return new Scene(painter.finish(), objects);
  }

  private static boolean isApart(AffineTransform place, AffineTransform other) {
    double x = place.getTranslateX() - other.getTranslateX();
    double y = place.getTranslateY() - other.getTranslateY();
    return Math.hypot(x, y) >= APART * (radius(place) + radius(other));
  }

  private static double radius(AffineTransform place) {
    return Math.sqrt(place.getDeterminant());
  }

  private Rle mask(byte[] marks, int mark) {
    byte[] mask = new byte[marks.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (marks[i] == mark ? 1 : 0);
    }
    return Rle.encode(size, size, mask);
  }

  /** COCO's file of annotations. */
  private static final class Coco {
    private final ObjectNode object = JsonNodeFactory.instance.objectNode();
    private final ArrayNode images = object.putArray("images");
    private final ArrayNode annotations = object.putArray("annotations");

    Coco() {
      ArrayNode categories = object.putArray("categories");
      List<String> names = classes();
      for (int label = 0; label < names.size(); label++) {
        categories.addObject().put("id", label + 1).put("name", names.get(label));
      }
    }

    void add(int id, String file, Scene scene) {
      images
          .addObject()
          .put("id", id)
          .put("file_name", file)
          .put("height", scene.image().getHeight())
          .put("width", scene.image().getWidth());
      scene.objects().forEach(placed -> add(id, placed));
    }

    private void add(int image, Placed placed) {
      Rle mask = placed.mask();
      Rect box = mask.box();
      int id = annotations.size() + 1;
      ObjectNode annotation =
          annotations
              .addObject()
              .put("id", id)
              .put("image_id", image)
              .put("category_id", placed.label() + 1)
              .put("area", mask.area())
              .put("iscrowd", 0);
      annotation.putArray("bbox").add(box.x()).add(box.y()).add(box.width()).add(box.height());
      ObjectNode runs = annotation.putObject("segmentation").put("counts", mask.compressed());
      runs.putArray("size").add(mask.height()).add(mask.width());
    }
  }
}
