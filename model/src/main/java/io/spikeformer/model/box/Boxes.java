package io.spikeformer.model.box;

import io.spikeformer.common.Text;
import java.util.List;

/**
 * Boxes in pixels of an image, whose pixel (0, 0) covers [0, 1) x [0, 1).
 *
 * @param corners left, top, right and bottom of each box in turn
 */
public record Boxes(float[] corners) {
  /** Numbers of a box. */
  public static final int CORNERS = 4;

  /** Checks the length. */
  public Boxes {
    if (corners.length % CORNERS != 0) {
      throw new IllegalArgumentException(
          Text.format("boxes: expected four numbers for each, found %s", corners.length));
    }
  }

  /** The boxes of several lists, one after the other. */
  public static Boxes concat(List<Boxes> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.corners.length).sum()];
    int at = 0;
    for (Boxes part : parts) {
      System.arraycopy(part.corners, 0, all, at, part.corners.length);
      at += part.corners.length;
    }
    return new Boxes(all);
  }

  /** Number of boxes. */
  public int count() {
    return corners.length / CORNERS;
  }

  /** x1 of a box. */
  public float left(int box) {
    return corners[CORNERS * box];
  }

  /** y1 of a box. */
  public float top(int box) {
    return corners[CORNERS * box + 1];
  }

  /** x2 of a box. */
  public float right(int box) {
    return corners[CORNERS * box + 2];
  }

  /** y2 of a box. */
  public float bottom(int box) {
    return corners[CORNERS * box + 3];
  }

  /** x2 - x1 of a box. */
  public float width(int box) {
    return right(box) - left(box);
  }

  /** y2 - y1 of a box. */
  public float height(int box) {
    return bottom(box) - top(box);
  }

  /** Width times height of a box, in square pixels. */
  public float area(int box) {
    return width(box) * height(box);
  }

  /** Whether a box has a width and a height above 0. */
  public boolean hasArea(int box) {
    return right(box) > left(box) && bottom(box) > top(box);
  }

  /** Some of the boxes, in the order of their indices. */
  public Boxes select(int[] boxes) {
    float[] selected = new float[CORNERS * boxes.length];
    for (int i = 0; i < boxes.length; i++) {
      System.arraycopy(corners, CORNERS * boxes[i], selected, CORNERS * i, CORNERS);
    }
    return new Boxes(selected);
  }

  /** The boxes with their corners moved into an image of so many rows and columns. */
  public Boxes clipped(int height, int width) {
    float[] clipped = new float[corners.length];
    for (int i = 0; i < corners.length; i++) {
      clipped[i] = Math.min(i % 2 == 0 ? width : height, Math.max(0, corners[i]));
    }
    return new Boxes(clipped);
  }

  /**
   * Intersection over union, in float32 as PyTorch computes it: {@code inter / max(areaA + areaB -
   * inter, 1e-6)}. Of the boxes that equal an object's best overlap all count, so the order of
   * these operations matters.
   *
   * @param box of this list
   * @param other of the others
   * @return 0 to 1
   */
  public float iou(int box, Boxes others, int other) {
    float width =
        Math.min(right(box), others.right(other)) - Math.max(left(box), others.left(other));
    float height =
        Math.min(bottom(box), others.bottom(other)) - Math.max(top(box), others.top(other));
    if (width <= 0 || height <= 0) {
      return 0;
    }
    float inter = width * height;
    return inter / Math.max(area(box) + others.area(other) - inter, 1e-6f);
  }
}
