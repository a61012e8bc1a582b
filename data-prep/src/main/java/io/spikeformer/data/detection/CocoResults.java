package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Reads COCO's results of detection, an array of objects with {@code image_id}, {@code
 * category_id}, {@code score}, and {@code bbox} or {@code segmentation} or both, as a stream.
 *
 * <p>The first fault ends the reading with one line: file, line, byte, number of the result.
 */
public final class CocoResults {
  private final JsonCursor json;
  private final CocoIndex index;
  private final EnumSet<IouType> parts;
  private long count;

  private CocoResults(JsonCursor json, CocoIndex index, Set<IouType> wanted) {
    this.json = json;
    this.index = index;
    this.parts = EnumSet.noneOf(IouType.class);
    parts.addAll(wanted);
  }

  /**
   * Reads a file once, from its beginning to its end.
   *
   * @param stream the whole file; closed
   * @param file its name, for messages
   * @param index of the annotations, which has every image and category
   * @param wanted what every result must have, box or mask; the rest is passed over. Empty for
   *     whatever the first result has
   * @param use receives the results in the file's order
   * @return what every result has: that which was wanted, if any; empty if there is no result
   * @throws UserException if the JSON is damaged, or a result has another image or category, lacks
   *     something, or has a value that its field cannot have
   */
  public static Set<IouType> read(
      InputStream stream,
      String file,
      CocoIndex index,
      Set<IouType> wanted,
      BiConsumer<CocoImage, Detection> use) {
    try (JsonCursor json = new JsonCursor(stream, file)) {
      return new CocoResults(json, index, wanted).readAll(use);
    }
  }

  private Set<IouType> readAll(BiConsumer<CocoImage, Detection> use) {
    json.expect(JsonToken.START_ARRAY, "an array of results");
    while (json.nextElement("a result, an object")) {
      count++;
      read(use);
    }
    if (json.next() != null) {
      throw json.unexpected("the end of the file after the results");
    }
    return parts;
  }

  private void read(BiConsumer<CocoImage, Detection> use) {
    JsonLocation start = json.location();
    String name = "result " + count;
    json.enter(name);
    Fields fields = new Fields();
    String fault = json.fields(field -> read(field, fields));
    try {
      if (fault != null) {
        throw new IllegalArgumentException(fault);
      }
      fields.requireWhole();
      CocoImage image = index.requireImage(fields.imageId);
      use.accept(image, detection(fields, image));
    } catch (IllegalArgumentException contradiction) {
      throw new UserException("%s, %s: %s", json.place(start), name, contradiction.getMessage());
    }
  }

  /** A result while it is read. */
  private static final class Fields {
    private Long imageId;
    private Long categoryId;
    private Double score;
    private CocoBox box;
    private CocoSegmentation segmentation = new CocoSegmentation.None();

    void requireWhole() {
      List<String> missing = new ArrayList<>();
      if (imageId == null) {
        missing.add("image_id");
      }
      if (categoryId == null) {
        missing.add("category_id");
      }
      if (score == null) {
        missing.add("score");
      }
      if (!missing.isEmpty()) {
        throw new IllegalArgumentException(
            Text.format("expected %s, found none", String.join(", ", missing)));
      }
    }
  }

  private void read(String field, Fields fields) {
    switch (field) {
      case "image_id" -> fields.imageId = json.integer("image_id");
      case "category_id" -> fields.categoryId = json.integer("category_id");
      case "score" -> {
        json.next();
        fields.score = json.currentNumber("a score");
      }
      case "bbox" -> {
        if (isWanted(IouType.BOX)) {
          fields.box = json.next() == JsonToken.VALUE_NULL ? null : CocoBox.read(json);
        } else {
          json.skip();
        }
      }
      case "segmentation" -> {
        if (isWanted(IouType.MASK)) {
          fields.segmentation = CocoSegmentation.read(json);
        } else {
          json.skip();
        }
      }
      default -> json.skip();
    }
  }

  private boolean isWanted(IouType part) {
    return parts.isEmpty() || parts.contains(part);
  }

  private Detection detection(Fields fields, CocoImage image) {
    int label = index.requireLabel(fields.categoryId);
    Optional<Rect> box = Optional.ofNullable(fields.box).map(CocoBox::toRect);
    Optional<Rle> mask = fields.segmentation.toMask(image);
    if (parts.isEmpty()) {
      box.ifPresent(found -> parts.add(IouType.BOX));
      mask.ifPresent(found -> parts.add(IouType.MASK));
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("expected bbox or segmentation, found none");
      }
    }
    require(IouType.BOX, box);
    require(IouType.MASK, mask);
    return new Detection(label, fields.score, box, mask);
  }

  private void require(IouType part, Optional<?> found) {
    if (parts.contains(part) && found.isEmpty()) {
      throw new IllegalArgumentException(
          Text.format(
              "expected %s, to score by %s, found none; --type chooses",
              part.field(), part.label()));
    }
  }
}
