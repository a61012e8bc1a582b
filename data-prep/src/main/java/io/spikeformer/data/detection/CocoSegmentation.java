package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The value of {@code segmentation} as it stands in the file, before its image is known. */
sealed interface CocoSegmentation {
  /** Most numbers of one value: bounds memory. */
  int MAX_NUMBERS = 4 << 20;

  /** Numbers of the smallest polygon: x and y of three corners. */
  int MIN_NUMBERS = 6;

  /**
   * The mask on an image; empty if the object has none.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  Optional<Rle> toMask(CocoImage image);

  /** No mask: the object is a box alone. */
  record None() implements CocoSegmentation {
    @Override
    public Optional<Rle> toMask(CocoImage image) {
      return Optional.empty();
    }
  }

  /** Outlines, none of them empty, at least one; the mask is all that lies in any of them. */
  record Polygons(List<double[]> outlines) implements CocoSegmentation {
    @Override
    public Optional<Rle> toMask(CocoImage image) {
      List<Rle> parts = new ArrayList<>(outlines.size());
      for (double[] outline : outlines) {
        // pycocotools takes 4 numbers for a box or fails, and drops the last of an odd number
        if (outline.length < MIN_NUMBERS || outline.length % 2 != 0) {
          throw new InvalidMaskException(
              Text.format(
                  "segmentation: expected polygons of at least 3 corners, x and y of each, found %d"
                      + " numbers; an object that is a box alone has an empty segmentation",
                  outline.length));
        }
        parts.add(Rle.ofPolygon(image.height(), image.width(), outline));
      }
      return Optional.of(Rle.union(parts));
    }
  }

  /** Run lengths. */
  record Runs(int height, int width, int[] counts) implements CocoSegmentation {
    @Override
    public Optional<Rle> toMask(CocoImage image) {
      requireSize(image, height, width);
      return Optional.of(Rle.ofCounts(height, width, counts));
    }
  }

  /** Run lengths as text. */
  record Compressed(int height, int width, String counts) implements CocoSegmentation {
    @Override
    public Optional<Rle> toMask(CocoImage image) {
      requireSize(image, height, width);
      return Optional.of(Rle.parse(height, width, counts));
    }
  }

  /** Reads the next value. */
  static CocoSegmentation read(JsonCursor json) {
    JsonToken token = json.next();
    if (token == JsonToken.START_ARRAY) {
      return readPolygons(json);
    }
    if (token == JsonToken.START_OBJECT) {
      return readRuns(json);
    }
    if (token == JsonToken.VALUE_NULL) {
      return new None();
    }
    throw json.unexpected("segmentation: an array of polygons, or an object with size and counts");
  }

  private static CocoSegmentation readPolygons(JsonCursor json) {
    List<double[]> outlines = new ArrayList<>(1);
    int numbers = 0;
    while (json.next() == JsonToken.START_ARRAY) {
      double[] outline = new double[64];
      int size = 0;
      while (json.next() != JsonToken.END_ARRAY) {
        if (size == outline.length) {
          outline = Arrays.copyOf(outline, 2 * size);
        }
        outline[size++] = json.currentNumber("a coordinate of segmentation");
        requireFew(json, ++numbers);
      }
      if (size > 0) {
        outlines.add(Arrays.copyOf(outline, size));
      }
      requireFew(json, ++numbers);
    }
    json.requireCurrent(
        JsonToken.END_ARRAY, "a polygon of segmentation, an array, or the end of the polygons");
    return outlines.isEmpty() ? new None() : new Polygons(outlines);
  }

  private static CocoSegmentation readRuns(JsonCursor json) {
    int[] size = null;
    int[] counts = null;
    String text = null;
    for (String field = json.nextField(); field != null; field = json.nextField()) {
      switch (field) {
        case "size" -> {
          json.expect(JsonToken.START_ARRAY, "size of segmentation, an array");
          size = readIntegers(json, "size of segmentation");
        }
        case "counts" -> {
          if (json.next() == JsonToken.VALUE_STRING) {
            text = json.currentText();
          } else {
            json.requireCurrent(
                JsonToken.START_ARRAY, "counts of segmentation, an array or a text");
            counts = readIntegers(json, "a run of segmentation");
          }
        }
        default -> json.skip();
      }
    }
    if (size == null || size.length != 2 || (counts == null) == (text == null)) {
      throw json.invalid(
          "expected a segmentation with counts and a size of 2 numbers, found one without");
    }
    return counts != null
        ? new Runs(size[0], size[1], counts)
        : new Compressed(size[0], size[1], text);
  }

  private static int[] readIntegers(JsonCursor json, String what) {
    int[] numbers = new int[64];
    int size = 0;
    while (json.next() != JsonToken.END_ARRAY) {
      long number = json.currentInteger(what);
      if (number != (int) number) {
        throw json.unexpected(what + " of 32 bits");
      }
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * size);
      }
      numbers[size++] = (int) number;
      requireFew(json, size);
    }
    return Arrays.copyOf(numbers, size);
  }

  private static void requireFew(JsonCursor json, int numbers) {
    if (numbers > MAX_NUMBERS) {
      throw json.fault(
          Text.format("expected at most %d numbers in a segmentation, found more", MAX_NUMBERS));
    }
  }

  private static void requireSize(CocoImage image, int height, int width) {
    if (height != image.height() || width != image.width()) {
      throw new InvalidMaskException(
          Text.format(
              "mask of another size than its image: expected %d x %d pixels (height x width),"
                  + " found %d x %d",
              image.height(), image.width(), height, width));
    }
  }
}
