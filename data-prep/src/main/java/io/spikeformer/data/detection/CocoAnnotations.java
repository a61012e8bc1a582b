package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.data.DataException;
import io.spikeformer.data.geometry.Rect;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * The annotations of a COCO file, one at a time in the file's order.
 *
 * <p>JSON that is damaged or of another structure ends the reading with a {@link DataException}; an
 * annotation that only contradicts its image is returned as {@link CocoAnnotation.Faulty}.
 */
public final class CocoAnnotations implements Iterator<CocoAnnotation>, AutoCloseable {
  /** Boxes are rounded and drawn by hand: as far as this they may overhang, in pixels. */
  private static final double OVERHANG = 1;

  private static final int BOX_NUMBERS = 4;

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
    Fields fields = new Fields();
    for (String field = json.nextField(); field != null; field = json.nextField()) {
      switch (field) {
        case "id" -> fields.id = json.integer("an annotation's id");
        case "image_id" -> fields.imageId = json.integer("an annotation's image_id");
        case "category_id" -> fields.categoryId = json.integer("an annotation's category_id");
        case "iscrowd" -> fields.crowd = json.integer("iscrowd");
        case "area" -> {
          json.next();
          fields.area = json.currentNumber("an annotation's area");
        }
        case "bbox" -> fields.box = readBox();
        case "segmentation" -> fields.segmentation = CocoSegmentation.read(json);
        default -> json.skip();
      }
    }
    if (!fields.complete()) {
      throw json.fault(
          "expected an annotation with %s, found one without".formatted(fields.missing()));
    }
    try {
      return new CocoAnnotation.Sound(fields.imageId, fields.toObject(index));
    } catch (IllegalArgumentException contradiction) {
      return new CocoAnnotation.Faulty(
          fields.imageId,
          "%s, annotation %d: %s".formatted(place, fields.id, contradiction.getMessage()));
    }
  }

  private double[] readBox() {
    json.expect(JsonToken.START_ARRAY, "bbox, an array");
    double[] box = new double[BOX_NUMBERS];
    for (int i = 0; i < BOX_NUMBERS; i++) {
      json.next();
      box[i] = json.currentNumber("x, y, width and height of bbox");
    }
    json.expect(JsonToken.END_ARRAY, "the end of bbox after 4 numbers");
    return box;
  }

  @Override
  public void close() {
    json.close();
  }

  /** An annotation while it is read. */
  private static final class Fields {
    private Long id;
    private Long imageId;
    private Long categoryId;
    private long crowd;
    private Double area;
    private double[] box;
    private CocoSegmentation segmentation;

    boolean complete() {
      boolean ids = id != null && imageId != null && categoryId != null;
      return ids && area != null && box != null && segmentation != null;
    }

    /** Names of the fields that an annotation has to have and this one has not. */
    String missing() {
      Map<String, Object> required = new LinkedHashMap<>();
      required.put("id", id);
      required.put("image_id", imageId);
      required.put("category_id", categoryId);
      required.put("area", area);
      required.put("bbox", box);
      required.put("segmentation", segmentation);
      required.values().removeIf(Objects::nonNull);
      return String.join(", ", required.keySet());
    }

    DetectedObject toObject(CocoIndex index) {
      CocoImage image = index.image(imageId).orElse(null);
      if (image == null) {
        throw new IllegalArgumentException(
            "expected one of %d images, found image_id %d".formatted(index.size(), imageId));
      }
      int label =
          index
              .label(categoryId)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "expected one of %d categories, found category_id %d"
                              .formatted(index.classes().size(), categoryId)));
      if (crowd != 0 && crowd != 1) {
        throw new IllegalArgumentException("expected iscrowd 0 or 1, found " + crowd);
      }
      Rect rectangle = new Rect(box[0], box[1], box[2], box[3]);
      requireInside(rectangle, image);
      Rle mask = segmentation.toMask(image);
      ObjectKind kind = crowd == 1 ? ObjectKind.CROWD : ObjectKind.INSTANCE;
      return new DetectedObject(id, label, kind, rectangle, area, mask);
    }

    private static void requireInside(Rect box, CocoImage image) {
      boolean corner = box.x() >= -OVERHANG && box.y() >= -OVERHANG;
      boolean end =
          box.right() <= image.width() + OVERHANG && box.bottom() <= image.height() + OVERHANG;
      if (!corner || !end) {
        throw new IllegalArgumentException(
            "expected a box inside %s, %d x %d pixels (height x width), found x %s, y %s, width %s, height %s"
                .formatted(
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
