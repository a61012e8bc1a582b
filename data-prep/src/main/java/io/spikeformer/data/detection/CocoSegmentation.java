package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The value of {@code segmentation} as it stands in the file, before its image is known. */
sealed interface CocoSegmentation {
  /** Most numbers of one value: bounds memory. */
  int MAX_NUMBERS = 4 << 20;

  /**
   * The mask on an image.
   *
   * @throws IllegalArgumentException if it does not fit
   */
  Rle toMask(CocoImage image);

  /** Outlines; the mask is all that lies in any of them. */
  record Polygons(List<double[]> outlines) implements CocoSegmentation {
    @Override
    public Rle toMask(CocoImage image) {
      if (outlines.isEmpty()) {
        throw new InvalidMaskException("segmentation: expected at least 1 polygon, found none");
      }
      List<Rle> parts = new ArrayList<>(outlines.size());
      for (double[] outline : outlines) {
        parts.add(Rle.ofPolygon(image.height(), image.width(), outline));
      }
      return Rle.union(parts);
    }
  }

  /** Run lengths. */
  record Runs(int height, int width, int[] counts) implements CocoSegmentation {
    @Override
    public Rle toMask(CocoImage image) {
      requireSize(image, height, width);
      return Rle.ofCounts(height, width, counts);
    }
  }

  /** Run lengths as text. */
  record Compressed(int height, int width, String counts) implements CocoSegmentation {
    @Override
    public Rle toMask(CocoImage image) {
      requireSize(image, height, width);
      return Rle.parse(height, width, counts);
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
    throw json.unexpected("segmentation: an array of polygons, or an object with size and counts");
  }

  private static Polygons readPolygons(JsonCursor json) {
    List<double[]> outlines = new ArrayList<>(1);
    int numbers = 0;
    while (json.next() == JsonToken.START_ARRAY) {
      double[] outline = new double[64];
      int size = 0;
      while (json.next() != JsonToken.END_ARRAY) {
        if (size == outline.length) {
          outline = Arrays.copyOf(outline, 2 * size);
        }
        outline[size++] = json.currentNumber("a coordinate of a polygon");
        requireFew(json, ++numbers);
      }
      outlines.add(Arrays.copyOf(outline, size));
      requireFew(json, ++numbers);
    }
    json.requireCurrent(JsonToken.END_ARRAY, "a polygon, an array, or the end of the polygons");
    return new Polygons(outlines);
  }

  private static CocoSegmentation readRuns(JsonCursor json) {
    int[] size = null;
    int[] counts = null;
    String text = null;
    for (String field = json.nextField(); field != null; field = json.nextField()) {
      switch (field) {
        case "size" -> {
          json.expect(JsonToken.START_ARRAY, "size, an array");
          size = readIntegers(json, "size of a mask");
        }
        case "counts" -> {
          if (json.next() == JsonToken.VALUE_STRING) {
            text = json.currentText();
          } else {
            json.requireCurrent(JsonToken.START_ARRAY, "counts, an array or a text");
            counts = readIntegers(json, "a run of a mask");
          }
        }
        default -> json.skip();
      }
    }
    if (size == null || size.length != 2 || (counts == null) == (text == null)) {
      throw json.fault(
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
          "expected at most %d numbers in a segmentation, found more".formatted(MAX_NUMBERS));
    }
  }

  private static void requireSize(CocoImage image, int height, int width) {
    if (height != image.height() || width != image.width()) {
      throw new InvalidMaskException(
          "mask of another size than its image: expected %d x %d pixels (height x width), found %d x %d"
              .formatted(image.height(), image.width(), height, width));
    }
  }
}
