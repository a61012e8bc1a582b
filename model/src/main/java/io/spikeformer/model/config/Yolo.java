package io.spikeformer.model.config;

import io.spikeformer.common.Check;
import java.util.List;
import java.util.Objects;

/**
 * Description of a spike-driven one-stage detector (paper, Table 9), which finds objects with their
 * boxes. It follows YOLOv5.
 *
 * @param widths channels of the three levels that answer, from the finest; even numbers
 * @param anchors widths and heights in turn, in pixels; as many for each level, from the finest
 */
public record Yolo(List<Integer> widths, List<Integer> anchors) {
  /** Levels that answer. */
  public static final int LEVELS = 3;

  private static final int NUMBERS = 2;

  /** The widths of 16.8 million parameters, and YOLOv5's anchors for COCO. */
  public static final Yolo PUBLISHED =
      new Yolo(
          List.of(96, 192, 360),
          List.of(10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326));

  /** Checks the numbers. */
  public Yolo {
    Check.that(
        widths != null && widths.stream().allMatch(Objects::nonNull) && widths.size() == LEVELS,
        "YOLO widths: expected three numbers, found %s",
        widths);
    widths = List.copyOf(widths);
    Check.that(
        widths.stream().allMatch(width -> width >= 2 && width % 2 == 0),
        "YOLO widths: expected even numbers >= 2, found %s",
        widths);
    Check.that(
        anchors != null
            && anchors.stream().allMatch(Objects::nonNull)
            && !anchors.isEmpty()
            && anchors.size() % (NUMBERS * LEVELS) == 0,
        "YOLO anchors: expected a width and a height for as many anchors in each of three levels,"
            + " found %s",
        anchors);
    anchors = List.copyOf(anchors);
    Check.that(
        anchors.stream().allMatch(number -> number >= 1),
        "YOLO anchors: expected numbers >= 1, found %s",
        anchors);
  }

  /** Anchors of a cell of each level. */
  public int perCell() {
    return anchors.size() / NUMBERS / LEVELS;
  }

  /** Width in pixels of an anchor of a level, both counted from 0. */
  public int anchorWidth(int level, int anchor) {
    return anchors.get(NUMBERS * (level * perCell() + anchor));
  }

  /** Height in pixels of an anchor of a level, both counted from 0. */
  public int anchorHeight(int level, int anchor) {
    return anchors.get(NUMBERS * (level * perCell() + anchor) + 1);
  }
}
