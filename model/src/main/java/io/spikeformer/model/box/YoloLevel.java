package io.spikeformer.model.box;

import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A level of a one-stage detector: how its numbers become boxes, as YOLOv5 has it. For numbers (x,
 * y, w, h) in front of the sigmoid s, the box of an anchor lies at
 *
 * <pre>
 * centre = cell + 2 s(x, y) - 0.5;  width, height = (2 s(w, h))^2 * anchor
 * </pre>
 *
 * @param stride pixels of the image for a cell
 * @param widths of the anchors, in cells
 * @param heights of the anchors, in cells
 */
public record YoloLevel(int stride, float[] widths, float[] heights) {
  /** The levels of a head, from the finest. */
  public static List<YoloLevel> of(YoloHeadSpec spec) {
    Yolo form = spec.form();
    List<YoloLevel> levels = new ArrayList<>();
    for (int level = 0; level < Yolo.LEVELS; level++) {
      int stride = spec.strides().get(level);
      float[] widths = new float[form.perCell()];
      float[] heights = new float[form.perCell()];
      for (int anchor = 0; anchor < form.perCell(); anchor++) {
        widths[anchor] = (float) form.anchorWidth(level, anchor) / stride;
        heights[anchor] = (float) form.anchorHeight(level, anchor) / stride;
      }
      levels.add(new YoloLevel(stride, widths, heights));
    }
    return levels;
  }

  /** Anchors of a cell. */
  public int anchors() {
    return widths.length;
  }

  /** The corners of an anchor's box in cells, from the upper left corner of its cell. */
  public float[] box(int anchor, float[] numbers) {
    double x = 2 * sigmoid(numbers[0]) - 0.5;
    double y = 2 * sigmoid(numbers[1]) - 0.5;
    double halfWidth = 2 * square(sigmoid(numbers[2])) * widths[anchor];
    double halfHeight = 2 * square(sigmoid(numbers[3])) * heights[anchor];
    return new float[] {
      (float) (x - halfWidth),
      (float) (y - halfHeight),
      (float) (x + halfWidth),
      (float) (y + halfHeight)
    };
  }

  /** From the slopes of a box's corners to those of its numbers. */
  public double[] slopes(int anchor, float[] numbers, double[] corners) {
    double[] slopes = new double[numbers.length];
    float[] sizes = {widths[anchor], heights[anchor]};
    for (int axis = 0; axis < sizes.length; axis++) {
      double low = corners[axis];
      double high = corners[axis + 2];
      double centre = sigmoid(numbers[axis]);
      double size = sigmoid(numbers[axis + 2]);
      slopes[axis] = (low + high) * 2 * centre * (1 - centre);
      // d(half the size) = 4 s ds, ds = s (1 - s)
      slopes[axis + 2] = (high - low) * 4 * square(size) * (1 - size) * sizes[axis];
    }
    return slopes;
  }

  /** 1 / (1 + exp(-z)). */
  static double sigmoid(float logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  private static double square(double value) {
    return value * value;
  }
}
