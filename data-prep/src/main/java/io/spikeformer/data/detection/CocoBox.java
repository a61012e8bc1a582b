package io.spikeformer.data.detection;

import com.fasterxml.jackson.core.JsonToken;
import io.spikeformer.data.geometry.Rect;
import java.util.List;

/** The value of {@code bbox} as it stands in the file: x, y, width and height. */
record CocoBox(double x, double y, double width, double height) {
  private static final List<String> NUMBERS =
      List.of("the x of bbox", "the y of bbox", "the width of bbox", "the height of bbox");

  /** Reads the array whose beginning is the current value. */
  static CocoBox read(JsonCursor json) {
    json.requireCurrent(JsonToken.START_ARRAY, "bbox, an array of x, y, width and height");
    double[] numbers = new double[NUMBERS.size()];
    for (int i = 0; i < numbers.length; i++) {
      json.next();
      numbers[i] = json.currentNumber(NUMBERS.get(i));
    }
    json.expect(JsonToken.END_ARRAY, "the end of bbox after 4 numbers");
    return new CocoBox(numbers[0], numbers[1], numbers[2], numbers[3]);
  }

  /**
   * The rectangle.
   *
   * @throws IllegalArgumentException if its size is negative
   */
  Rect toRect() {
    return new Rect(x, y, width, height);
  }
}
