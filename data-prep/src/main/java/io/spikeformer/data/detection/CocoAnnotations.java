package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The annotations of a COCO file, one at a time in the file's order.
 *
 * <p>JSON that is damaged, or an annotation that names no image, ends the reading with a {@link
 * UserException}; an annotation that has values which its fields cannot have, or that contradicts
 * its image, is returned as {@link CocoAnnotation.Faulty}.
 */
public final class CocoAnnotations implements Iterator<CocoAnnotation>, AutoCloseable {
  /** Boxes are rounded and drawn by hand: as far as this they may overhang, in pixels. */
  private static final double OVERHANG = 1;

  private final JsonCursor json;
  private final CocoIndex index;
  private CocoAnnotation next;

  CocoAnnotations(JsonCursor json, CocoIndex index) {
    this.json = json;
    this.index = index;
    json.expect(JsonToken.START_OBJECT, "an object with images, annotations and categories");
    String field = json.nextField();
    while (field != null && !field.equals("annotations")) {
      json.skip();
      field = json.nextField();
    }
    if (field == null) {
      throw json.fault("expected annotations, found none");
    }
    json.expect(JsonToken.START_ARRAY, "the array of annotations");
    advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public CocoAnnotation next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    CocoAnnotation current = next;
    advance();
    return current;
  }

  private void advance() {
    next = json.nextElement("an annotation, an object") ? read() : null;
  }

  private CocoAnnotation read() {
    String place = json.place();
    Fields fields = new Fields(json);
    String fault = json.fields(fields::read);
    String name = "annotation " + (fields.id == null ? "without an id" : fields.id.toString());
    String reason = fault == null ? fields.missing() : fault;
    if (fields.imageId == null) {
      throw new UserException("%s, %s: %s", place, name, reason);
    }
    try {
      if (reason != null) {
        throw new IllegalArgumentException(reason);
      }
      return new CocoAnnotation.Sound(fields.imageId, fields.toObject(index), fields.areaSource());
    } catch (IllegalArgumentException contradiction) {
      return new CocoAnnotation.Faulty(
          fields.imageId, Text.format("%s, %s: %s", place, name, contradiction.getMessage()));
    }
  }

  @Override
  public void close() {
    json.close();
  }

  /** An annotation while it is read. */
  private static final class Fields {
    private final JsonCursor json;
    private Long id;
    private Long imageId;
    private Long categoryId;
    private long crowd;
    private Double area;
    private CocoBox box;
    private CocoSegmentation segmentation = new CocoSegmentation.None();

    Fields(JsonCursor json) {
      this.json = json;
    }

    /** Reads the value of a field; what is not known of objects is passed over. */
    void read(String field) {
      switch (field) {
        case "id" -> {
          id = json.integer("an annotation's id");
          json.enter("annotation " + id);
        }
        case "image_id" -> imageId = json.integer("an annotation's image_id");
        case "category_id" -> categoryId = json.integer("an annotation's category_id");
        case "iscrowd" -> crowd = readCrowd();
        case "area" -> area = readArea();
        case "bbox" -> {
          json.next();
          box = CocoBox.read(json);
        }
        case "segmentation" -> segmentation = CocoSegmentation.read(json);
        default -> json.skip();
      }
    }

    private long readCrowd() {
      return switch (json.next()) {
        case VALUE_TRUE -> 1;
        case VALUE_FALSE, VALUE_NULL -> 0;
        default -> json.currentInteger("iscrowd, 0, 1, true or false");
      };
    }

    private Double readArea() {
      return json.next() == JsonToken.VALUE_NULL ? null : json.currentNumber("an area");
    }

    /** The fault if a required field is missing; null if none is. */
    String missing() {
      Map<String, Object> required = new LinkedHashMap<>();
      required.put("id", id);
      required.put("image_id", imageId);
      required.put("category_id", categoryId);
      required.put("bbox", box);
      required.values().removeIf(Objects::nonNull);
      return required.isEmpty()
          ? null
          : Text.format(
              "expected an annotation with %s, found one without",
              String.join(", ", required.keySet()));
    }

    CocoAnnotation.AreaSource areaSource() {
      return area == null ? CocoAnnotation.AreaSource.BOX : CocoAnnotation.AreaSource.FILE;
    }

    DetectedObject toObject(CocoIndex index) {
      CocoImage image = index.requireImage(imageId);
      int label = index.requireLabel(categoryId);
      if (crowd != 0 && crowd != 1) {
        throw new IllegalArgumentException(Text.format("expected iscrowd 0 or 1, found %s", crowd));
      }
      Rect rectangle = box.toRect();
      requireInside(rectangle, image);
      ObjectKind kind = crowd == 1 ? ObjectKind.CROWD : ObjectKind.INSTANCE;
      double pixels = area == null ? rectangle.area() : area;
      return new DetectedObject(id, label, kind, rectangle, pixels, segmentation.toMask(image));
    }

    private static void requireInside(Rect box, CocoImage image) {
      boolean corner = box.x() >= -OVERHANG && box.y() >= -OVERHANG;
      boolean end =
          box.right() <= image.width() + OVERHANG && box.bottom() <= image.height() + OVERHANG;
      if (!corner || !end) {
        throw new IllegalArgumentException(
            Text.format(
                "expected a box inside %s, %d x %d pixels (height x width), found x %s, y %s,"
                    + " width %s, height %s",
                image.fileName(),
                image.height(),
                image.width(),
                box.x(),
                box.y(),
                box.width(),
                box.height()));
      }
    }
  }
}
