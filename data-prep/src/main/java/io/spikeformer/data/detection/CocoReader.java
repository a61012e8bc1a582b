package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads COCO's {@code instances_*.json} as a stream, in two passes because nothing fixes the order
 * of its parts: first images and categories, then the annotations one by one. Neither pass keeps
 * more in memory than it returns.
 */
public final class CocoReader {
  private static final int MAX_IMAGES = 4 << 20;
  private static final int MAX_CATEGORIES = 1 << 16;
  private static final int MAX_NAME = 1024;

  private final JsonCursor json;
  private final String file;
  private final List<CocoImage> images = new ArrayList<>();
  private final TreeMap<Long, String> categories = new TreeMap<>();

  private CocoReader(JsonCursor json, String file) {
    this.json = json;
    this.file = file;
  }

  /**
   * First pass: images and categories; the file is read to its end.
   *
   * @param stream the whole file; closed
   * @param file its name, for messages
   * @throws UserException if it is no such file, damaged or incomplete
   */
  public static CocoIndex index(InputStream stream, String file) {
    try (JsonCursor json = new JsonCursor(stream, file)) {
      return new CocoReader(json, file).readIndex();
    }
  }

  /**
   * Second pass: the annotations in the file's order.
   *
   * @param stream the whole file; closed with the result
   * @param index of the same file
   */
  public static CocoAnnotations annotations(InputStream stream, CocoIndex index) {
    JsonCursor json = new JsonCursor(stream, index.file());
    try {
      return new CocoAnnotations(json, index);
    } catch (UserException failure) {
      json.close();
      throw failure;
    }
  }

  private CocoIndex readIndex() {
    json.expect(JsonToken.START_OBJECT, "an object with images, annotations and categories");
    List<String> found = new ArrayList<>();
    for (String field = json.nextField(); field != null; field = json.nextField()) {
      switch (field) {
        case "images" -> readArray(found, field, this::readImage);
        case "categories" -> readArray(found, field, this::readCategory);
        case "annotations" -> {
          requireFirst(found, field);
          json.expect(JsonToken.START_ARRAY, "the array of annotations");
          while (json.nextElement("an annotation, an object")) {
            passAnnotation();
          }
        }
        default -> json.skip();
      }
    }
    if (found.size() < 3) {
      throw json.fault("expected images, annotations and categories, found only " + found);
    }
    if (json.next() != null) {
      throw json.unexpected("the end of the file");
    }
    return new CocoIndex(file, categories, images);
  }

  private void readArray(List<String> found, String field, Runnable element) {
    requireFirst(found, field);
    json.expect(JsonToken.START_ARRAY, "the array of " + field);
    while (json.nextElement("an object in the array of " + field)) {
      element.run();
    }
  }

  private void requireFirst(List<String> found, String field) {
    if (found.contains(field)) {
      throw json.fault(Text.format("expected one array of %s, found a second", field));
    }
    found.add(field);
  }

  /** Passes over an annotation; its id, as soon as it is known, names it if its JSON is damaged. */
  private void passAnnotation() {
    for (String field = json.nextField(); field != null; field = json.nextField()) {
      json.skip();
      if (field.equals("id")) {
        json.enter("annotation " + json.currentText());
      }
    }
  }

  /** An image or a category while it is read; 0 stands for a side that is not there. */
  private static final class Fields {
    private Long id;
    private String name;
    private long height;
    private long width;

    UserException fault(JsonCursor json, String kind, String reason) {
      return json.fault(Text.format("%s %s: %s", kind, id == null ? "without an id" : id, reason));
    }
  }

  private void readImage() {
    Fields image = new Fields();
    String fault =
        json.fields(
            field -> {
              switch (field) {
                case "id" -> image.id = json.integer("an image's id");
                case "file_name" -> image.name = json.text("an image's file_name, a text");
                case "height" -> image.height = json.integer("an image's height");
                case "width" -> image.width = json.integer("an image's width");
                default -> json.skip();
              }
            });
    if (fault != null) {
      throw image.fault(json, "image", fault);
    }
    if (image.id == null || image.name == null) {
      throw json.fault("expected an image with id, file_name, height and width, found one without");
    }
    if (images.size() == MAX_IMAGES) {
      throw json.fault(Text.format("expected at most %d images, found more", MAX_IMAGES));
    }
    try {
      images.add(new CocoImage(image.id, image.name, side(image.height), side(image.width)));
    } catch (IllegalArgumentException impossible) {
      throw json.fault(impossible.getMessage());
    }
  }

  /** A side as a number that stays impossible if it was. */
  private static int side(long pixels) {
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, pixels));
  }

  private void readCategory() {
    Fields category = new Fields();
    String fault =
        json.fields(
            field -> {
              switch (field) {
                case "id" -> category.id = json.integer("a category's id");
                case "name" -> category.name = json.text("a category's name, a text");
                default -> json.skip();
              }
            });
    if (fault != null) {
      throw category.fault(json, "category", fault);
    }
    boolean named =
        category.name != null && !category.name.isBlank() && category.name.length() <= MAX_NAME;
    if (category.id == null || !named) {
      throw json.fault("expected a category with an id and a name, found one without");
    }
    if (categories.size() == MAX_CATEGORIES || categories.put(category.id, category.name) != null) {
      throw json.fault(
          Text.format(
              "expected at most %d categories with different ids, found %d again or one too many",
              MAX_CATEGORIES, category.id));
    }
  }
}
